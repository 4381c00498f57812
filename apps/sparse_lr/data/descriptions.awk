# Debian's package indexes and their translations -> documents: group, label, text.
#
# The label is +1 for packages in a section of libraries. The group decides on which side of a split a package is:
# its own name, or with split_by=source that of its source package, since siblings share much of their text. What a
# name has first counts: updates of a package repeat its description. Files: packages, translations.

BEGIN {
    RS = ""
    FS = "\n"
}

FNR == 1 { file++ }

# The value of a field of this paragraph, which is one line.
function field(name,   i) {
    for (i = 1; i <= NF; i++)
        if (index($i, name ": ") == 1)
            return substr($i, length(name) + 3)
    return ""
}

file == 1 {
    name = field("Package")
    if (name in section)
        next
    section[name] = field("Section")
    source[name] = field("Source")
    sub(/ .*/, "", source[name]) # a version may follow
    if (source[name] == "")
        source[name] = name
    digest[name] = field("Description-md5")
    next
}

{
    name = field("Package")
    if (!(name in section) || name in is_done || field("Description-md5") != digest[name])
        next
    is_done[name] = 1
    text = $0
    sub(/^.*\nDescription-en: /, "", text)
    gsub(/[\t\n]/, " ", text)
    sub(/.*\//, "", section[name]) # contrib/libs
    print (split_by == "source" ? source[name] : name) "\t" \
        (section[name] ~ /^(libs|libdevel|oldlibs)$/ ? "+1" : "-1") "\t" text
}
