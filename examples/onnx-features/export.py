"""Trains a convolutional network on scikit-learn's digits, exports it to digits.onnx as any PyTorch user would, and writes digits.json. Run with Debian's python3-torch, python3-onnx, python3-sklearn: /usr/bin/python3 export.py"""

import base64
import json
import warnings

import torch
import torch.nn as nn
from sklearn.datasets import load_digits

warnings.simplefilter("ignore")
torch.manual_seed(1)
digits = load_digits()
order = torch.randperm(len(digits.target))[:900]
images = torch.tensor(digits.images, dtype=torch.float32)[order].unsqueeze(1) / 16
labels = torch.tensor(digits.target)[order]


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.norm = nn.GroupNorm(2, 8)
        self.conv2 = nn.Conv2d(8, 12, 3)
        self.fc1 = nn.Linear(108, 16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv1(x)))
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.tanh(self.fc1(x.flatten(1))))


model = Digits()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-4)
for _ in range(150):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images[:500]), labels[:500])
    loss.backward()
    optimizer.step()
model.eval()
print("loss", float(loss), "accuracy elsewhere", float((model(images[500:]).argmax(1) == labels[500:]).float().mean()))
torch.onnx.export(model, images[:1], "digits.onnx", input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})
pixels = (images * 16).to(torch.uint8).flatten().tolist()
with open("digits.json", "w") as file:
    json.dump({"source": "scikit-learn 1.2.1, load_digits: 8 x 8 pixels of 0 to 16, a byte each, of 500 digits that the network was trained with and 400 others", "labels": labels.tolist(), "pixels": base64.b64encode(bytes(pixels)).decode()}, file)
