// Fills the field from the camera where the browser can read QR codes; without it the page works the same.
const [field, scan, camera, told] = ["asked", "scan", "camera", "told"].map((id) => document.getElementById(id));

async function canScan() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

async function readCode() {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  for (;;) {
    const [code] = await detector.detect(camera);
    if (code) return code.rawValue;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function start() {
  scan.disabled = true;
  told.hidden = true;
  try {
    camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    camera.hidden = false;
    await camera.play();
    field.value = await readCode();
    field.form.requestSubmit();
  } catch {
    told.hidden = false;
  } finally {
    camera.srcObject?.getTracks().forEach((track) => track.stop());
    camera.hidden = true;
    scan.disabled = false;
  }
}

if (await canScan()) {
  scan.hidden = false;
  scan.addEventListener("click", start);
}
