"""The composition root: the one place that knows the platform and the modules."""

from __future__ import annotations

import os
import re
from pathlib import Path

import orjson
import redis
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

import modules.activity.listeners
import modules.blockers.listeners
import modules.daily_summaries.gauges
import modules.daily_summaries.jobs
import modules.identity.jobs
import modules.notifications.jobs
import modules.notifications.listeners
import modules.webhooks.jobs
import modules.webhooks.listeners
from asyncops import database_metrics, error_reports, logging, probe, replica
from asyncops.config import Settings
from asyncops.connecting import SESSION_OPTIONS, apply_options, connect_args, replace_hung_up
from asyncops.extensions import cors, db, jwt, migrate
from asyncops.http import (
    auth,
    errors,
    health,
    https_only,
    jobs_dashboard,
    limits,
    metrics,
    openapi,
    request_context,
    spa,
)
from asyncops.http.application import Application
from asyncops.sessions import READER, REPLICA, set_mode
from asyncops.silence import watch_engine
from modules.activity.routes import blp as activity
from modules.blockers.routes import blp as blockers
from modules.daily_summaries.routes import blp as daily_summaries
from modules.decisions.routes import blp as decisions
from modules.identity import service as identity
from modules.identity.routes import BLUEPRINTS as IDENTITY
from modules.incidents.routes import blp as incidents
from modules.notifications.routes import blp as notifications
from modules.search.routes import blp as search
from modules.status_updates.routes import blp as status_updates
from modules.webhooks.routes import blp as webhooks

ROOT = Path(__file__).resolve().parent.parent

REGISTERED = (
    modules.activity.listeners,
    modules.blockers.listeners,
    modules.daily_summaries.gauges,
    modules.daily_summaries.jobs,
    modules.identity.jobs,
    modules.notifications.jobs,
    modules.notifications.listeners,
    modules.webhooks.jobs,
    modules.webhooks.listeners,
)
"""Imported so that their listeners, jobs and gauges are registered: who publishes or enqueues does not know them."""

PUBLIC_ROUTES = frozenset(
    {
        "home",
        "health.healthz",
        "health.readyz",
        "metrics.exposed",
        "docs.page",
        "docs.start",
        "docs.asset",
        "api-docs.openapi_json",
        "auth.Registration",
        "auth.SignIn",
        "auth.ForgottenPassword",
        "auth.PasswordReset",
        "config.PublicConfig",
        "notifications.Unsubscription",
    }
)
"""Every route that answers without a signed-in person. All others want one."""

MAX_BODY_BYTES = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; raises SettingsError when the environment is wrong."""
    settings = settings or Settings.from_environment(os.environ)
    logging.configure(settings.log_level)
    error_reports.configure(settings)
    app = Application("asyncops", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # merging redirects, to a host that the caller names
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["asyncops.settings"] = settings

    front = app.extensions["asyncops.front"] = https_only.Front.of(settings)
    metrics.init_app(app)
    request_context.init_app(app, front)
    https_only.init_app(app, front)
    errors.init_app(app)
    _connect(app, settings)
    auth.init_app(app, settings, public=PUBLIC_ROUTES, check=identity.check_token)
    jwt.init_app(app)
    limits.init_app(app, settings)
    if settings.cors_origins:
        cors.init_app(
            app,
            # As patterns of our own: the library takes an origin with brackets, an IPv6 address, for a pattern of its
            # beginning, which fits other sites too.
            resources={"/api/*": {"origins": [re.compile(re.escape(one) + r"\Z") for one in settings.cors_origins]}},
            supports_credentials=True,
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "X-CSRF-TOKEN",
                "X-Request-ID",
            ],
            expose_headers=["ETag", "Idempotent-Replayed", "Link", "Retry-After", "X-Request-ID"],
        )

    api = openapi.init_app(app)
    records = (status_updates, incidents, blockers, decisions, daily_summaries)
    for blueprint in (*IDENTITY, activity, *records, notifications, search, webhooks):
        api.register_blueprint(blueprint)
    app.register_blueprint(health.blp)
    app.register_blueprint(metrics.blp)
    jobs_dashboard.init_app(app, settings)
    spa.init_app(app, ROOT / "frontend/dist", front, may_change=not settings.in_production)
    if hops := settings.trusted_proxies:  # else the headers are anybody's word
        # Around all of it: the site's files, too, depend on how a request came.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _connect(app: Flask, settings: Settings) -> None:
    pooling = {
        "pool_size": settings.web_threads,
        "max_overflow": 2,
        "pool_timeout": 2,
        "json_deserializer": orjson.loads,
        "skip_autocommit_rollback": True,  # there is nothing to take back where nothing was begun
        "hide_parameters": True,  # what people wrote has no place in error texts, logs and the jobs dashboard
    }
    measured = {"cursor_factory": database_metrics.measured_cursor(slow_ms=settings.slow_query_ms)}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            **pooling,
            "poolclass": database_metrics.MeasuredPool,
            "connect_args": {**connect_args(settings, SESSION_OPTIONS), **measured},
        },
    )
    if settings.database_replica_url is not None:
        other = replica.engine_options(settings)
        app.config["SQLALCHEMY_BINDS"] = {
            REPLICA: {
                "url": settings.database_replica_url,
                **pooling,
                "poolclass": database_metrics.ReplicaPool,
                **other,
                "connect_args": {**other["connect_args"], **measured},
            }
        }
    db.init_app(app)
    with app.app_context():
        # Behind a pooler a transaction brings the session's options along: there, reading has one too.
        app.extensions[READER] = db.engine if settings.database_prepared else None
        apply_options(db.engine, settings, SESSION_OPTIONS)
        for engine in db.engines.values():
            replace_hung_up(engine)
            database_metrics.watch_pool(engine)
        if settings.database_prepared:
            set_mode(db.engine)
        app.extensions["asyncops.silence"] = watch_engine(db.engine, pooled=not settings.database_prepared)
    probe.init_app(app, settings)
    replica.init_app(app, settings)
    migrate.init_app(app, db)
    # Short and without retries: Redis is asked after the data is saved, and nobody should wait for it.
    app.extensions["asyncops.redis"] = redis.Redis.from_url(
        settings.redis_url, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )


def after_fork(app: Flask) -> None:
    """Forget the parent's database connections in a forked child; two processes on one would mix their answers."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
        app.extensions["asyncops.silence"].forget()
        if known := replica.find_replica():
            known.forget()
