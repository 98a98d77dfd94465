"""Discovery for programs: jobs that run beside others, an estimator, and folders of tables."""
