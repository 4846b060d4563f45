from clairevoie.policy.model import Policy
class PolicyError(Exception): ...
def load(folder): raise NotImplementedError
def current() -> Policy: raise NotImplementedError
