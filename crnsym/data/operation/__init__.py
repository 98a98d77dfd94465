"""What is done to the vessel while a run goes on: additions, feeds, withdrawals, flow, temperature programs."""
