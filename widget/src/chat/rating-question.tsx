import { scores } from '@samtal/contract/conversations/rating';
import type { Shown } from './shown.ts';
import type { Rating } from './view.ts';

/** How did it go? Nothing has to be answered, and nothing is written. */
export function RatingQuestion({ rating, say, deeds }: Pick<Shown, 'say' | 'deeds'> & { rating: Rating }) {
  const { score: chosen, outcome } = rating;
  return (
    <fieldset class="rating">
      <legend>{say('rating.ask')}</legend>
      <div class="scores">
        {scores.map((score) => (
          <label key={score}>
            <input
              type="radio"
              name="score"
              checked={score === chosen}
              aria-label={`${score}: ${say(`rating.${score}`)}`}
              onChange={() => void deeds.rate(score)}
            />
            {score}
          </label>
        ))}
      </div>
      <div class="ends quiet" aria-hidden>
        <span>{say('rating.1')}</span>
        <span>{say('rating.5')}</span>
      </div>
      <p role="status">{outcome !== 'none' && outcome !== 'sending' && say(`rating.${outcome}`)}</p>
    </fieldset>
  );
}
