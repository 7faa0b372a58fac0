package health

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Log is how the log of a device is read: facts out of platform.yaml.
type Log struct {
	// A pattern that an answer fits somewhere where the device tells how grave its lines are. One
	// that does not fit is of a device whose log says nothing: it is not judged, and a person is told.
	Told string
	// A pattern of the lines of the log with the groups level and text: how grave a line is, and what it says
	// without its clock and its number.
	Lines string
	// A pattern of texts that their vendor calls grave and that say no more than what a plan does, such as a
	// feature that is switched; "" for none.
	But string
}

// logged is the name of a log among the sessions.
const logged = "log"

// grave are the levels of syslog that take a wave back: emergency, alert and critical (RFC 5424, 6.2.1).
// An error is what a session or a port says that goes, as a plan has it go.
const grave = "012"

const (
	longest = 200 // so many grave lines are looked at, the last ones
	quoted  = 160 // so much of a line is shown
	often   = 2   // what was said so often before, the device says by itself
)

// Lines is what one look at a log saw, and no journal keeps: the grave lines as Counts has them, the last one
// first, what they say, and the marks of all lines.
type Lines struct {
	order []string
	text  map[string]string
	all   map[string]bool
}

// Read gives what a log says of grave things. A line is known by its mark alone, as what devices say may hold
// secrets; mark gives the same for the same text. Counts holds each grave line by the mark of what it says
// and that of the whole line with its clock, and the last line of all behind "end".
func (l Log) Read(text string, mark func(string) string) (Vital, error) {
	told, err := regexp.Compile(l.Told)
	lines, err2 := regexp.Compile(l.Lines)
	but, err3 := regexp.Compile(l.But)
	if err = errors.Join(err, err2, err3); err != nil {
		return Vital{}, err
	}
	if text = strings.ReplaceAll(text, "\r", ""); !told.MatchString(text) {
		return Vital{}, nil
	}
	level, says := lines.SubexpIndex("level"), lines.SubexpIndex("text")
	if level < 0 || says < 0 {
		return Vital{}, errors.New("the pattern of lines lacks a group")
	}
	out := Vital{Up: true, Counts: map[string]int{}, Lines: &Lines{text: map[string]string{}, all: map[string]bool{}}}
	all := lines.FindAllStringSubmatch(text, -1)
	left := longest
	for i, m := range slices.Backward(all) {
		whole := mark(m[0])
		out.Lines.all[whole] = true
		if i == len(all)-1 {
			out.Counts["end "+whole] = 1
		}
		if strings.Contains(grave, m[level]) && m[level] != "" && left > 0 && (l.But == "" || !but.MatchString(m[says])) {
			left--
			key := mark(m[says]) + " " + whole
			if out.Counts[key]++; out.Counts[key] == 1 {
				out.Lines.order = append(out.Lines.order, key)
			}
			out.Lines.text[key] = m[says]
		}
	}
	return out, nil
}

// fresh gives the grave lines that came since, as they came: those of which nobody heard before, and those of a
// kind that the device said again and again already.
func fresh(was, is Vital) (first, again []string) {
	before := map[string]int{}
	for key, n := range was.Counts {
		says, _, _ := strings.Cut(key, " ")
		before[says] += n
	}
	for _, key := range slices.Backward(is.Lines.order) {
		says, _, _ := strings.Cut(key, " ")
		switch {
		case is.Counts[key] <= was.Counts[key]:
		case before[says] >= often:
			again = append(again, shown(is.Lines.text[key]))
		default:
			first = append(first, shown(is.Lines.text[key]))
		}
	}
	return first, again
}

// shown is a text of somebody else: cut, and with no sign that is more than itself.
func shown(line string) string {
	if text := []rune(line); len(text) > quoted {
		return strconv.QuoteToASCII(string(text[:quoted])) + " and so on"
	}
	return strconv.QuoteToASCII(line)
}

// inLog judges a log by the lines that came since.
func inLog(was, is Vital) (bad, told []Finding) {
	const most = 3
	switch {
	case !was.Up:
		return nil, nil
	case !is.Up || is.Lines == nil:
		return []Finding{{Session: logged, Text: "was shown before and is not any more"}}, nil
	}
	first, again := fresh(was, is)
	for i, line := range first {
		if i == most {
			bad = append(bad, Finding{Session: logged, Text: fmt.Sprintf("and %d more new critical lines", len(first)-most)})
			break
		}
		bad = append(bad, Finding{Session: logged, Text: "a new critical line: " + line})
	}
	for i, line := range again {
		if i == most {
			break
		}
		told = append(told, Finding{Session: logged, Text: "says again what it said before: " + line})
	}
	for key := range was.Counts {
		if mark, end := strings.CutPrefix(key, "end "); end && !is.Lines.all[mark] {
			told = append(told, Finding{Session: logged, Text: "does not reach back to before the change any more: what it said first is not known"})
		}
	}
	return bad, told
}
