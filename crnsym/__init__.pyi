from .data.mechanism import FractionalNetwork as FractionalNetwork
from .data.mechanism import Mechanism as Mechanism
from .data.trajectories import Trajectories as Trajectories
