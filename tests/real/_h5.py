"""Writes a Keras HDF5 file as a TensorFlow.js layers-model: python3 _h5.py FILE.h5 FOLDER (needs h5py)."""
import json
import sys
from pathlib import Path

import h5py
import numpy

path, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
weights, numbers = [], []


def older(x):
    """A configuration of Keras 3 as Keras 2 had it, which TensorFlow.js reads."""
    if isinstance(x, list):
        return [older(part) for part in x]
    if not isinstance(x, dict):
        return x
    if x.get("class_name") == "DTypePolicy":
        return x["config"]["name"]
    return {"batch_input_shape" if key == "batch_shape" else key: older(part) for key, part in x.items()}


with h5py.File(path) as file:
    config = file.attrs["model_config"]
    text = config.decode() if isinstance(config, bytes) else config

    for layer in file["model_weights"].values():
        for name in layer.attrs.get("weight_names", []):
            name = name.decode() if isinstance(name, bytes) else name
            numbers.append(numpy.asarray(layer[name], dtype="<f4"))
            # of Keras 3's path, with the model's name ahead, what TensorFlow.js looks for
            own = "/".join(name.split(":")[0].split("/")[-2:])
            weights.append({"name": own, "shape": list(numbers[-1].shape), "dtype": "float32"})
model = {
    "format": "layers-model",
    "modelTopology": {"model_config": older(json.loads(text)), "keras_version": "2"},
    "weightsManifest": [{"paths": ["weights.bin"], "weights": weights}],
}
(folder / "weights.bin").write_bytes(b"".join(array.tobytes() for array in numbers))
(folder / "model.json").write_text(json.dumps(model))
