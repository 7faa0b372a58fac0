package drivers

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Sayable tells why a line that is written in a path cannot be said on a command line, whatever the
// device holds; nil where nothing stands against it.
func Sayable(line string) error {
	path, value := CutPath(line[strings.IndexByte(line, ' ')+1:])
	_, err := Word(path)
	if err == nil {
		_, err = Word(Bare(value))
	}
	return err
}

// Bare is a value as it is meant, without the quotes of a path.
func Bare(value string) string {
	if text, err := strconv.Unquote(value); err == nil && value[0] == '"' {
		return text
	}
	return value
}

var plainly = regexp.MustCompile(`\A[A-Za-z0-9_.:/@+-]+\z`)

// Word is a value as a command line takes it: between quotes where it is no plain word.
func Word(v string) (string, error) {
	switch {
	case plainly.MatchString(v):
		return v, nil
	case strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == '?' }):
		return "", errors.New("a value holds a line break, or what a command line takes for a key: devices with driver: gnmi take it")
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`, nil
}
