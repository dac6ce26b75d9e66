// Package view is how the console looks: the page around every content, tables, tiles, charts as
// SVG, and the embedded style and script.
//
//	page's model ─► Text, Number, Time, Table, Chart ─► HTML
//
// Promise: every text that comes from outside passes Text or Code, which escape HTML, make
// characters visible that reorder or hide text, and cut long texts. No element has a script, a
// style or an address of another origin.
//
// The nodes are those of gomponents: plain functions, so that a change needs no generator.
// html/template adds 8 MB to the program, because it makes the linker keep every exported method.
package view
