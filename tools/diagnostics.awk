# Cut the entries of akinc-diagnostics(7) out of its mdoc source and print
# them as the C table of compiler/cli/diagnostics.h.
#
# An entry begins with ".It Sy CODE title" and ends with the next one.  Of the
# macros only those that the page uses are known: text, literal displays,
# inline names.

function flush() {
	if (code != "") {
		sub(/(\\n)+$/, "", text)
		printf "{\"%s\", \"%s\\n\"},\n", code, text
	}
	code = text = ""
}

function quote(line) {
	gsub(/\\&/, "", line)
	gsub(/\\-/, "-", line)
	gsub(/\\e/, "\\", line)
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	return line
}

function add(line) {
	text = text quote(line) "\\n"
}

BEGIN {
	print "#include \"cli/diagnostics.h\""
	print "const struct diagnostic_text diagnostic_texts[] = {"
}

/^\.It Sy [EW][0-9]+/ {
	flush()
	code = $3
	line = $0
	sub(/^\.It Sy /, "", line)
	add(line)
	next
}

/^\.Sh / || /^\.El/ { flush(); next }
code == "" { next }
/^\.Bd / { literal = 1; add(""); next }
/^\.Ed/ { literal = 0; add(""); next }
/^\.Pp/ { add(""); next }
literal { add("    " $0); next }
/^\.(Ql|Cm|Em|Sy|Ar|Pa|Fl|Nm|Xr|Ic) / {
	macro = $1
	line = $0
	sub(/^\.[A-Z][a-z] /, "", line)
	if (macro == ".Xr")
		sub(/ /, "(", line) && sub(/( |$)/, ")", line)
	gsub(/ ([.,;:)])/, "&", line)
	add(line)
	next
}
/^\./ { next }
{ add($0) }

END {
	flush()
	print "{0, 0}};"
}
