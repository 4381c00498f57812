# Names of files, one mail each -> documents: group, label, text.
#
# The text is the subject and the body, with headers=yes all of the mail. A mail's folder says whether it is spam. Mails
# are split by subject and body in either case, so that copies of a mail are on the same side.

function append(line) {
    gsub(/[\t\r]/, " ", line)
    return " " line
}

{
    file = $0
    subject = body = head = ""
    in_body = in_subject = 0
    while ((getline line <file) > 0) {
        if (in_body) {
            body = body append(line)
            continue
        }
        if (line ~ /^[ \t\r]*$/) {
            in_body = 1
            continue
        }
        if (line !~ /^[ \t]/) # no continuation of the line before
            in_subject = tolower(line) ~ /^subject:/
        if (in_subject)
            subject = subject append(line)
        else
            head = head append(line)
    }
    close(file)
    sub(/^ [Ss][Uu][Bb][Jj][Ee][Cc][Tt]:/, "", subject)
    print substr(subject body, 1, 2000) "\t" (file ~ /\/spam-[12]\// ? "+1" : "-1") "\t" \
        (headers == "yes" ? head : "") subject body
}
