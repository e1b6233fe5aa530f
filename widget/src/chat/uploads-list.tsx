import { Icon } from './icons.tsx';
import type { Shown } from './shown.ts';
import type { Upload } from './uploads.ts';

/** Files on their way, above the field where the visitor writes. */
export function UploadsList({ view, say, deeds }: Shown) {
  if (view.uploads.length === 0) return null;
  return (
    <ul class="uploads" aria-label={say('file.list')}>
      {view.uploads.map((upload) => (
        <li key={upload.cid} class={upload.problem === null ? '' : 'failed'}>
          <div class="upload">
            <span class="name" dir="auto">
              {upload.name}
            </span>
            {upload.problem !== null && upload.problem === 'later' && (
              <button type="button" class="plain" onClick={() => deeds.retryUpload(upload.cid)}>
                {say('message.retry')}
              </button>
            )}
            <button
              type="button"
              class="mini"
              aria-label={say(upload.problem === null ? 'file.cancel' : 'file.remove', { name: upload.name })}
              onClick={() => deeds.removeUpload(upload.cid)}
            >
              <Icon name="close" />
            </button>
          </div>
          <Progress upload={upload} say={say} />
        </li>
      ))}
    </ul>
  );
}

function Progress({ upload: { name, sent, problem }, say }: { upload: Upload; say: Shown['say'] }) {
  if (problem !== null)
    return (
      <p class="why" role="alert">
        {say(`file.${problem}`)}
      </p>
    );
  return <progress max={1} value={sent} aria-label={say('file.sending', { name })} />;
}
