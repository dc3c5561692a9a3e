/** Line icons on a 24 px grid, drawn for this product so that no icon package is shipped. */
const PATHS = {
  "arrow-left": "M19 12H5m6-6-6 6 6 6",
  "arrow-right": "M5 12h14m-6-6 6 6-6 6",
  "card": "M3 6h18v12.5H3zM3 10.5h18M6.5 15h4",
  "check": "m5 12.5 4.5 4.5L19 7.5",
  "chevron-down": "m6 9.5 6 6 6-6",
  "clock": "M12 7v5l3.5 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  "close": "M6 6l12 12M18 6 6 18",
  "copy": "M9 8h11v12H9zM15 8V4H4v12h5",
  "credits": "M4 4h16v16H4zM8 9h8M8 13h8M8 16h8",
  "copies": "M8 8h12v12H8zM4 16V4h12",
  "download": "M12 4v11m-5-4.5 5 5 5-5M5 20h14",
  "error": "M12 7.5v5.5m0 3v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  "globe":
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3Z",
  "history": "M4 5v5h5M4.6 14.5A8 8 0 1 0 5.5 8L4 10M12 8v4.5l3 1.8",
  "home": "m4 11 8-7 8 7v9h-5.5v-6h-5v6H4z",
  "image": "M4 4h16v16H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.5h.01",
  "info": "M12 11v6m0-9.5v-.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  "log-out": "M10 4H5v16h5M15 8l4 4-4 4m4-4H9",
  "mail": "M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5",
  "menu": "M4 7h16M4 12h16M4 17h16",
  "minus": "M5 12h14",
  "moon": "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  "play": "M7.5 4.5v15l12-7.5z",
  "plus": "M12 5v14M5 12h14",
  "plus-minus": "M8 4v8M4 8h8M12 18h8M18.5 5.5l-13 13",
  "queue": "M4 6h16M4 12h10M4 18h6M17 14v6l4-3z",
  "receipt": "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  "retry": "M20 5v5h-5M19.4 14.5A8 8 0 1 1 18.5 8L20 10",
  "scales": "M12 4v16M8 20h8M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
  "screen": "M4 5h16v11H4zM9 20h6M12 16v4",
  "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20 20",
  "sun":
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4",
  "text": "M4 5.5h16M4 10h16M4 14.5h16M4 19h9",
  "user": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-3.5 3.8-5.5 7.5-5.5s6.7 2 7.5 5.5",
  "wand": "M5 19 15.5 8.5M14 3.5v3m-1.5-1.5h3M19.5 9v3M18 10.5h3M19 4.5l-3.5 4",
  "warning": "M12 9.5V14m0 2.5v.5M12 3.5 2.5 20h19z",
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative unless it has a `label`. `size` is in pixels. */
export function Icon({ name, size = 20, label, class: place = "" }: {
  name: IconName;
  size?: number;
  label?: string;
  class?: string;
}) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="square"
      class={`shrink-0 ${place}`}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : "true"}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
