# Cut the entries of akinc-diagnostics(7) out of its mdoc source and print
# them as the C table of compiler/cli/diagnostics.h.
#
# An entry begins with ".It Sy CODE title" and ends with the next one.  Its
# text is filled like that of the page, and its literal displays are indented.
# Of the macros only those that the page uses are known.

function quote(line) {
	gsub(/\\&/, "", line)
	gsub(/\\-/, "-", line)
	gsub(/\\e/, "\\", line)
	gsub(/\\/, "\\\\", line)
	gsub(/"/, "\\\"", line)
	return line
}

function put(line) {
	text = text quote(line) "\\n"
}

# Fill what has been gathered of a paragraph.
function fill(  n, i, word, line) {
	n = split(paragraph, word, " ")
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line) + 1 + length(word[i]) > 72) {
			put(line)
			line = word[i]
		} else {
			line = line (line == "" ? "" : " ") word[i]
		}
	}
	if (line != "")
		put(line)
	paragraph = ""
}

function flush() {
	fill()
	if (code != "") {
		sub(/(\\n)+$/, "", text)
		printf "{\"%s\", \"%s\\n\"},\n", code, text
	}
	code = text = ""
}

# The words of an inline macro, with what stands around them.
function inline(before, after,  n, i, word, line, join) {
	n = split($0, word, " ")
	for (i = 2; i <= n; i++) {
		if (word[i] == "Ns" || word[i] == "No") {
			join = word[i] == "Ns"
			continue
		}
		if (word[i] ~ /^(Cm|Ar|Li)$/)
			continue
		if (word[i] ~ /^[.,;:)]$/) {
			line = line after word[i]
			after = ""
			continue
		}
		line = line (line == "" || join ? "" : " ") word[i]
		join = 0
	}
	paragraph = paragraph " " before line after
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
	put(line)
	put("")
	next
}

/^\.Sh / || /^\.El/ { flush(); next }
code == "" { next }
/^\.Bd / { fill(); put(""); literal = 1; next }
/^\.Ed/ { put(""); literal = 0; next }
literal { put("    " $0); next }
/^\.Pp/ { fill(); put(""); next }
/^\.Ql / { inline("'", "'"); next }
/^\.Fl / { inline("-", ""); next }
/^\.Xr / { $2 = $2 "(" $3 ")"; $3 = ""; inline("", ""); next }
/^\.(Cm|Em|Sy|Ar|Pa|Nm|Ic|Li) / { inline("", ""); next }
/^\./ { next }
{ paragraph = paragraph " " $0 }

END {
	flush()
	print "{0, 0}};"
}
