package e2e

import (
	"fmt"
	"maps"
	"time"
)

// click presses and releases the left button at a place of the page.
func (p *page) click(x, y float64) {
	p.b.t.Helper()
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		p.must("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
}

// mouse sends one mouse event.
func (p *page) mouse(kind string, x, y float64, more map[string]any) {
	p.b.t.Helper()
	e := map[string]any{"type": kind, "x": x, "y": y}
	maps.Copy(e, more)
	p.must("Input.dispatchMouseEvent", e, nil)
}

// drag moves the pointer with the left button down.
func (p *page) drag(x, y, toX, toY float64) {
	p.b.t.Helper()
	left := map[string]any{"button": "left", "buttons": 1, "clickCount": 1}
	p.mouse("mouseMoved", x, y, nil)
	p.mouse("mousePressed", x, y, left)
	for i := 1.0; i <= 8; i++ {
		p.mouse("mouseMoved", x+(toX-x)*i/8, y+(toY-y)*i/8, left)
		time.Sleep(20 * time.Millisecond)
	}
	p.mouse("mouseReleased", toX, toY, left)
}

// key presses and releases a key, such as "Tab" or "Enter".
func (p *page) key(name string) {
	p.b.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowRight": 39, "ArrowDown": 40, "Backspace": 8, "+": 187}
	e := map[string]any{"type": "keyDown", "key": name, "code": name, "windowsVirtualKeyCode": codes[name]}
	if text := map[string]string{"Enter": "\r", " ": " ", "+": "+"}[name]; text != "" {
		e["text"] = text
	}
	p.must("Input.dispatchKeyEvent", e, nil)
	p.must("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name, "code": name, "windowsVirtualKeyCode": codes[name]}, nil)
}

// write types text into what has the focus.
func (p *page) write(text string) {
	p.b.t.Helper()
	p.must("Input.insertText", map[string]any{"text": text}, nil)
}

// tabTo presses Tab until the focus is on what a selector finds.
func (p *page) tabTo(selector string) {
	p.b.t.Helper()
	for range 80 {
		p.key("Tab")
		if string(p.eval(fmt.Sprintf("document.activeElement?.matches(%q) ?? false", selector))) == "true" {
			return
		}
	}
	p.b.t.Fatalf("80 Tabs do not lead to %s", selector)
}
