"""Pages of the room, by what people come for: load and authorise, one action, render."""
