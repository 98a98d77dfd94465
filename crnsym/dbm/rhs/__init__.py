"""Right-hand sides dθ/dt = F(θ, context); all are Equinox modules with this one signature."""
