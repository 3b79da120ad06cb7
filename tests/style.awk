# What a machine can see of the house style, in every text that we write; the
# measures of lines and functions hold for the C sources.

BEGIN {
	# Written so that this file does not find itself.
	unfinished = "(^|[^A-Za-z0-9_])(TOD[O]|FIXM[E]|XX[X]|HAC[K])($|[^A-Za-z0-9_])"
	elsewhere = "[.][.]/share[d]|/wor[k]/"
	forbidden = "(^|[^A-Za-z0-9_])" \
	    "(system|popen|strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok)[(]"
	columns_max = 80
	function_max = 100
}

function complain(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad[FILENAME] = 1
}

# The width of the line with tabs of eight columns.
function width(line,    parts, n, i, columns)
{
	n = split(line, parts, "\t")
	columns = length(parts[1])
	for (i = 2; i <= n; i++)
		columns += 8 - columns % 8 + length(parts[i])
	return columns
}

function finish_file()
{
	if (!source || lines <= lines_max)
		return
	printf "%s: %d lines, more than %d\n", file, lines, lines_max
	bad[file] = 1
}

FNR == 1 {
	finish_file()
	files++
	file = FILENAME
	source = file ~ /[.][chly]$/
	lines_max = file ~ /[.][ly]$/ ? 700 : 600
	opened = 0
}
{ lines = FNR }

/[ \t]$/ { complain("blanks at the end of the line") }
$0 ~ unfinished { complain("unfinished by its own words") }
$0 ~ elsewhere { complain("names a place outside the project") }

!source { next }

width($0) > columns_max { complain("more than " columns_max " columns") }

# A comment may name strtok(3).
$0 ~ forbidden && !/^\t*(\/[*]| [*]( |$))/ {
	complain("a call that has no place here")
}

/^[{]/ { opened = FNR }
/^[}]/ && opened {
	if (FNR - opened > function_max && file !~ /[.][ly]$/)
		complain("a function of more than " function_max " lines")
	opened = 0
}

END {
	finish_file()
	for (name in bad)
		failed++
	printf "%d passed, %d failed\n", files - failed, failed
	exit (failed > 0)
}
