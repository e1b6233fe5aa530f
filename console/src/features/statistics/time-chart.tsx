import { useElementSize } from '@mantine/hooks';
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { everyNth, scaleLines, type Measure } from './chart-scale.ts';
import classes from './time-chart.module.css';

/** One hour or one day. Null where there is no figure, such as the mean of nothing. */
export interface ChartPoint {
  readonly start: number;
  readonly value: number | null;
  /** Of the same place in the period before; null where there is none, or it is not compared. */
  readonly before: number | null;
  /** It is not over yet. */
  readonly underWay: boolean;
  /** Below the chart, such as `24 Nov`. */
  readonly short: string;
  /** In full, such as `Tuesday 24 November`. */
  readonly long: string;
}

interface TimeChartProps {
  points: readonly ChartPoint[];
  /** Bars for what adds up, a line for what does not. */
  shape: 'bars' | 'line';
  measure: Measure;
  /** What the chart shows and of when, for whoever does not see it. */
  label: string;
  /** What is said of a point beside its time. */
  say: (point: ChartPoint) => string[];
  format: (value: number) => string;
  /** Narrows to the point, where that is possible. */
  onOpen?: (point: ChartPoint) => void;
}

const height = 240;
const top = 10;
const bottom = 26;
const end = 4;
const labelWidth = 58;

/** A metric over time. Each point can be pointed at, reached by arrow keys, and tells its figures in words. */
export function TimeChart({ points, shape, measure, label, say, format, onOpen }: TimeChartProps) {
  const { ref, width } = useElementSize();
  const lines = scaleLines(
    Math.max(0, ...points.flatMap(({ value, before }) => [value ?? 0, before ?? 0])),
    measure,
  );
  const [least = 0, most = 1] = [lines[0], lines.at(-1)];
  const start = 14 + 7 * Math.max(...lines.map((line) => format(line).length));
  const band = Math.max(0, width - start - end) / Math.max(1, points.length);
  const geometry: Geometry = {
    points,
    lines,
    format,
    width,
    start,
    band,
    x: (index) => start + (index + 0.5) * band,
    y: (value) => top + (1 - (value - least) / (most - least)) * (height - top - bottom),
  };
  return (
    <div ref={ref} className={classes.chart} style={{ height }}>
      {width > 0 && (
        <>
          <svg width={width} height={height} aria-hidden="true">
            <Scale {...geometry} />
            {shape === 'bars' ? <Bars {...geometry} /> : <Line {...geometry} />}
          </svg>
          <Points {...geometry} label={label} say={say} {...(onOpen === undefined ? {} : { onOpen })} />
        </>
      )}
    </div>
  );
}

interface Geometry {
  readonly points: readonly ChartPoint[];
  readonly lines: readonly number[];
  readonly format: (value: number) => string;
  readonly width: number;
  /** Where the first band begins. */
  readonly start: number;
  /** How wide the room of one point is. */
  readonly band: number;
  /** The middle of a band. */
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

function Scale({ points, lines, format, width, start, x, y }: Geometry) {
  const nth = everyNth(points.length, { width: width - start, labelWidth });
  return (
    <>
      {lines.map((line) => (
        <g key={line}>
          <line
            className={classes.grid}
            data-base={line === lines[0] || undefined}
            x1={start}
            x2={width}
            y1={y(line)}
            y2={y(line)}
          />
          <text className={classes.axis} x={start - 8} y={y(line)} dy="0.32em" textAnchor="end">
            {format(line)}
          </text>
        </g>
      ))}
      {points.map(
        (point, index) =>
          index % nth === 0 && (
            <text key={point.start} className={classes.axis} x={x(index)} y={height - 6} textAnchor="middle">
              {point.short}
            </text>
          ),
      )}
    </>
  );
}

/** What is under way is hatched, and the period before is a mark across its bar: neither needs its colour to be told. */
function Bars({ points, band, x, y }: Geometry) {
  const hatch = useId();
  const wide = Math.max(1, Math.min(44, band * 0.7));
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className={classes.hatchGround} />
          <rect width="2.5" height="6" className={classes.bar} />
        </pattern>
      </defs>
      {points.map((point, index) => (
        <g key={point.start}>
          {point.value !== null && point.value > 0 && (
            <rect
              className={classes.bar}
              {...(point.underWay ? { style: { fill: `url(#${hatch})` } } : {})}
              x={x(index) - wide / 2}
              width={wide}
              y={Math.min(y(point.value), y(0) - 1.5)}
              height={Math.max(1.5, y(0) - y(point.value))}
              rx={Math.min(3, wide / 4)}
            />
          )}
          {point.before !== null && (
            <line
              className={classes.before}
              x1={x(index) - band * 0.44}
              x2={x(index) + band * 0.44}
              y1={y(point.before)}
              y2={y(point.before)}
            />
          )}
        </g>
      ))}
    </>
  );
}

function Line({ points, band, x, y }: Geometry) {
  const marked = band > 12;
  return (
    <>
      <path
        className={classes.beforeLine}
        d={pathOf(
          points.map(({ before }) => before),
          { x, y },
        )}
      />
      <path
        className={classes.line}
        d={pathOf(
          points.map(({ value }) => value),
          { x, y },
        )}
      />
      {points.map(
        ({ start, value, underWay }, index) =>
          value !== null &&
          (marked || isAlone(points, index)) && (
            <circle
              key={start}
              className={classes.dot}
              data-hollow={underWay || undefined}
              cx={x(index)}
              cy={y(value)}
              r={3.5}
            />
          ),
      )}
    </>
  );
}

/** A point without neighbours is no line: it is drawn all the same. */
function isAlone(points: readonly ChartPoint[], index: number): boolean {
  return (points[index - 1]?.value ?? null) === null && (points[index + 1]?.value ?? null) === null;
}

/** Interrupted where there is no figure. */
function pathOf(values: readonly (number | null)[], { x, y }: Pick<Geometry, 'x' | 'y'>): string {
  let pen = 'M';
  return values
    .map((value, index) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

interface PointsProps extends Geometry {
  label: string;
  say: (point: ChartPoint) => string[];
  onOpen?: (point: ChartPoint) => void;
}

/** Where the points can be pointed at and reached: one stop for the tab key, and arrow keys from there. */
function Points({ points, lines, label, say, onOpen, start, band, x, y, width }: PointsProps) {
  const [shown, setShown] = useState<number | null>(null);
  const [reached, setReached] = useState(points.length - 1);
  const places = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return setShown(null);
    const next = nextPlace(event.key, { from: Math.min(reached, points.length - 1), count: points.length });
    if (next === null) return;
    event.preventDefault();
    setReached(next);
    (places.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const point = shown === null ? undefined : points[shown];
  return (
    <>
      <div
        ref={places}
        role="toolbar"
        className={classes.points}
        style={{ insetInlineStart: start }}
        aria-label={label}
        onKeyDown={move}
        onPointerLeave={() => setShown(null)}
      >
        {points.map((each, index) => (
          <Place
            key={each.start}
            text={[each.long, ...say(each)].join(', ')}
            width={band}
            isReached={index === Math.min(reached, points.length - 1)}
            isShown={index === shown}
            onShow={() => {
              setShown(index);
              setReached(index);
            }}
            onHide={() => setShown(null)}
            {...(onOpen === undefined ? {} : { onOpen: () => onOpen(each) })}
          />
        ))}
      </div>
      {point !== undefined && shown !== null && (
        <>
          <span className={classes.cursor} style={{ left: x(shown), top, bottom }} />
          <div
            className={classes.reading}
            aria-hidden="true"
            style={{
              top: Math.max(0, Math.min(y(point.value ?? lines[0] ?? 0) - 34, height - 130)),
              ...(x(shown) > width / 2 ? { right: width - x(shown) + 12 } : { left: x(shown) + 12 }),
            }}
          >
            <strong>{point.long}</strong>
            {say(point).map((line) => (
              <span key={line}>{line}</span>
            ))}
          </div>
        </>
      )}
    </>
  );
}

interface PlaceProps {
  text: string;
  width: number;
  isReached: boolean;
  isShown: boolean;
  onShow: () => void;
  onHide: () => void;
  onOpen?: () => void;
}

function Place({ text, width, isReached, isShown, onShow, onHide, onOpen }: PlaceProps) {
  const wasShown = useWasShown(isShown);
  return (
    <button
      type="button"
      className={classes.point}
      data-opens={onOpen !== undefined || undefined}
      style={{ width }}
      tabIndex={isReached ? 0 : -1}
      aria-label={text}
      onFocus={onShow}
      onBlur={onHide}
      onPointerEnter={({ pointerType }) => {
        if (pointerType !== 'touch') onShow();
      }}
      onPointerDown={wasShown.remember}
      onClick={() => {
        // A finger reads first, and opens with the second touch.
        if (onOpen !== undefined && wasShown.mayOpen()) onOpen();
        else onShow();
      }}
    />
  );
}

function useWasShown(isShown: boolean): { remember: (event: PointerEvent) => void; mayOpen: () => boolean } {
  const touchedFirst: RefObject<boolean> = useRef(false);
  return {
    remember: ({ pointerType }) => {
      touchedFirst.current = pointerType === 'touch' && !isShown;
    },
    mayOpen: () => {
      const first = touchedFirst.current;
      touchedFirst.current = false;
      return !first;
    },
  };
}

function nextPlace(key: string, { from, count }: { from: number; count: number }): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(count - 1, from + 1);
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
