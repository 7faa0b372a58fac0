// Package all is the table of commit styles.
package all

import (
	"fmt"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/drivers/write/request"
	"plumbline/drivers/write/trial"
)

// writers is every commit style, by the name that platform.yaml gives.
var writers = map[string]func(drivers.Session, drivers.Logins) write.Writer{
	"guard": func(s drivers.Session, l drivers.Logins) write.Writer {
		return guard.New(s, l, guard.Options{})
	},
	"file_timeout": func(s drivers.Session, l drivers.Logins) write.Writer {
		return guard.New(s, l, guard.Options{File: true})
	},
	"session_timer": clocked,
	"confirmed":     clocked,
	"revert_timer":  clocked,
	"netconf_confirmed": func(s drivers.Session, l drivers.Logins) write.Writer {
		return trial.Netconf(s, l, trial.Options{})
	},
	"gnmi_commit": func(s drivers.Session, l drivers.Logins) write.Writer {
		return request.New(s, l, time.Minute)
	},
}

// clocked is for devices with a clock of their own; how their styles differ is in the words.
func clocked(s drivers.Session, l drivers.Logins) write.Writer {
	return trial.New(s, l, trial.Options{})
}

// Writer gives the writer of a platform, by the style that its platform.yaml names.
func Writer(style string, s drivers.Session, l drivers.Logins) (write.Writer, error) {
	if f, ok := writers[style]; ok {
		return f(s, l), nil
	}
	return nil, fmt.Errorf("no writer knows the style %q; platform.yaml may name: guard, file_timeout, session_timer, confirmed, revert_timer, gnmi_commit, netconf_confirmed", style)
}
