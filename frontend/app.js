// The script of every page. What one page alone needs is a bundle of its own: frontend/<name>.js.
import "htmx.org";
import "@tabler/core/js/src/bootstrap/alert";
import "@tabler/core/js/src/bootstrap/collapse";
import "@tabler/core/js/src/bootstrap/dropdown";
import "@tabler/core/js/src/bootstrap/modal";
import "@tabler/core/js/src/bootstrap/offcanvas";
import { copyButtons } from "./modules/copy.js";
import { forms } from "./modules/forms.js";
import { passwords } from "./modules/passwords.js";
import { themeSwitch } from "./modules/theme.js";

themeSwitch();
copyButtons();
forms();
passwords();
