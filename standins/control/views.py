"""The addresses of the control interface. ``standins.client`` calls every one of them."""

from standins.control import failures, people, places, webhooks
from standins.control.access import ControlCall
from standins.web import Room

room = Room("/control", ControlCall)

room.on("/state")(people.state)
room.on("/chat")(people.chat)
room.on("/act", "POST")(people.act)
room.on("/persons", "POST")(people.add)
room.on("/threads", "POST")(people.change_thread)
room.on("/pages", "POST")(places.add_page)
room.on("/pages/<page_id>")(places.read_page)
room.on("/pages/<page_id>", "POST")(places.change_page)
room.on("/bots", "POST")(places.add_bot)
room.on("/bots/<bot_id>")(places.read_bot)
room.on("/bots/<bot_id>", "POST")(places.change_bot)
room.on("/sites/<slug>", "POST")(places.change_site)
room.on("/deliveries")(webhooks.deliveries)
room.on("/deliveries/again", "POST")(webhooks.again)
room.on("/deliveries/batch", "POST")(webhooks.batch)
room.on("/settle", "POST")(webhooks.settle)
room.on("/meta/verify", "POST")(webhooks.verify)
room.on("/meta/signed-request", "POST")(webhooks.signed_request)
room.on("/calls")(failures.calls_received)
room.on("/failures")(failures.to_come)
room.on("/failures", "POST")(failures.plan)
room.on("/failures", "DELETE")(failures.forget)
room.on("/time", "POST")(failures.let_pass)
room.on("/settings", "POST")(failures.change_settings)
room.on("/reset", "POST")(failures.reset)
