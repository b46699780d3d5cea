"""Jobs are JSON in Redis, never pickles: who can write to Redis must not be able to run code here."""

from __future__ import annotations

import rq.serializers
from rq.serializers import JSONSerializer

# RQ's registries, rq-scheduler and rq-dashboard fall back to this default in places that take no serializer.
rq.serializers.PickleSerializer = JSONSerializer  # type: ignore[assignment]

__all__ = ["JSONSerializer"]
