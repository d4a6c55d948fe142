/** What the tests call in the page. */

import * as core from '../../../static/js/sealed/core.js';
import * as desk from './desk.js';
import { hostile } from './hostile.js';
import * as known from './known_answers.js';
import * as made from './made.js';
import { misjudged } from './vectors.js';

globalThis.sealed = { core, desk, hostile, known, made, misjudged };
