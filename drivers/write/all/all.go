// Package all is the table of commit styles.
package all

import "plumbline/drivers/write"

// Writers is every commit style, by the name that platform.yaml gives.
func Writers() map[string]write.Writer { return map[string]write.Writer{} }
