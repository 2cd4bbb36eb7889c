// Small comforts. Every page works without them.
import "./counter.js";
import "./keys.js";
import "./copy.js";
import "./dialog.js";
import "./keep.js";
import "./focus.js";
import "./voice.js";
