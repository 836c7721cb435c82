"""Widgets that reach the page whole."""


class Late:
    """A widget that is opened when its address is first asked for: to show it, or what holds it.

    ipywidgets opens a widget when it is made, and sends what it is given afterwards in messages of
    their own. The page drops these where a widget's module takes longer than two seconds to load,
    as plotly's does on a busy machine; so what is sent at first should be all there is. It is also
    less.

    >>> import ipywidgets
    >>> class Words(Late, ipywidgets.Label):
    ...     pass
    >>> words = Words()
    >>> words.value = "sent with the first message"
    >>> words.comm is None, len(words.model_id) > 0, words.comm is None
    (True, True, False)
    """

    _waits = True

    def open(self):
        """Open it, unless nobody has asked for it yet."""
        if not self._waits:
            super().open()

    @property
    def model_id(self):
        """The address of its model in the page."""
        if self.comm is None and self._waits:
            self._waits = False
            self.open()
        return super().model_id

    def close(self):
        """Let it go; it is not opened any more."""
        self._waits = False
        super().close()
