// Small comforts. Every page works without them.
import "./busy.js";
import "./copy.js";
import "./counter.js";
import "./dialog.js";
import "./focus.js";
import "./keep.js";
import "./keys.js";
import "./voice.js";
