# The map of README.md has a line for every file of the tree and for nothing else.
#
# In it a line is the path, two spaces or more, what it is. A module is one line, x.[ch]. A folder of data (no C, shell or
# Python in it) may be one line, with a slash at its end.
. "$SOURCE/tests/lint/tree.sh"

map=$OLDPWD/../map
sed -n '/^## The map/,/^## /s/^    \([^ ]\{1,\}\)  .*/\1/p' README.md | LC_ALL=C sort >"$map"
uniq -d "$map" | sed 's/^/README.md: twice in the map: /' >>"$problems"
tree_files | awk -v map="$map" '
    BEGIN {
        while ((getline line < map) > 0) {
            if (line ~ /\/$/) {
                folder[line] = 1
            } else if (sub(/\.\[ch\]$/, "", line)) {
                wanted[line ".c"] = wanted[line ".h"] = 1
            } else {
                wanted[line] = 1
            }
        }
    }
    {
        if ($0 in wanted) { delete wanted[$0]; next }
        for (f in folder)
            if (index($0, f) == 1 && $0 !~ /\.(c|h|sh|py)$/) { used[f] = 1; next }
        print "README.md: the map lacks " $0
    }
    END {
        for (f in wanted) print "README.md: the map names a file that is not there: " f
        for (f in folder) if (!(f in used)) print "README.md: the map names a folder that is not there: " f
    }' | LC_ALL=C sort >>"$problems"
finish "the map of README.md"
