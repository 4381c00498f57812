# Lines of a C file that have anything but comments: "file,lines".
{
    line = $0
    code = ""
    while (line != "") {
        place = index(line, is_comment ? "*/" : "/*")
        if (!is_comment)
            code = code (place ? substr(line, 1, place - 1) : line)
        line = place ? substr(line, place + 2) : ""
        if (place)
            is_comment = !is_comment
    }
    num_lines += code ~ /[^ \t]/
}
END { print file "," num_lines + 0 }
