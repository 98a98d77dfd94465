"""Problems of PEtab: simulated, judged by their likelihood, fitted.

============== ==================================================
``simulate``   experiments, period by period
``rows``       observables and noise of every measurement
``likelihood`` what the measurements say of parameters
``priors``     what was known before
``fit``        the most likely parameters
``problem``    all of it, as one object
============== ==================================================
"""
