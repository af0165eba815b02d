"""The token that a stack makes at its first start, so that the page and the CLI work at once."""

from __future__ import annotations

from cli.stack.state import StateFolder
from gateway.door.tokens import Scope, TokenStore, open_token_store
from gateway.settings import GatewaySettings
from kit.errors import ExpiredToken, InvalidToken
from kit.settings import load

LOCAL_OWNER = "local"


def database_url(state: StateFolder) -> str:
    """Where the gateway that runs on this state folder keeps its tokens."""
    return load(GatewaySettings, complete=False).model_copy(update={"state_dir": state.root.absolute()}).database()


async def ensure_first_token(state: StateFolder) -> str:
    """The token in the state folder; a new one when there is none or the database does not take it any more."""
    async with open_token_store(database_url(state)) as store:
        kept = state.token()
        if kept is not None and await _is_valid(store, kept):
            return kept
        made = await store.create(LOCAL_OWNER, (Scope.ANALYZE, Scope.READ), label="made at the first start")
        state.keep_token(made.secret)
        return made.secret


async def _is_valid(store: TokenStore, secret: str) -> bool:
    try:
        await store.verify(secret)
    except (InvalidToken, ExpiredToken):
        return False
    return True
