// Renders ZPL with zebrash (through zpl-renderer-js): a JSON list of {zpl, png, width_mm, height_mm} comes in on stdin,
// the PNG files are written.
const fs = require('fs');
const path = require('path');

const judges = path.join(__dirname, '..', '..', 'target', 'judges', 'node_modules', 'zpl-renderer-js');

(async () => {
  const { api } = await require(judges).ready;
  for (const job of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const zpl = fs.readFileSync(job.zpl, 'latin1');
    const labels = await api.zplToBase64MultipleAsync(zpl, job.width_mm, job.height_mm, 8);
    if (labels.length !== 1) throw new Error(`${job.zpl}: ${labels.length} labels`);
    fs.writeFileSync(job.png, Buffer.from(labels[0], 'base64'));
  }
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
