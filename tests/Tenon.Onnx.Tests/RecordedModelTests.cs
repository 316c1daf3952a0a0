using Tenon.State;

namespace Tenon.Onnx.Tests;

/// <summary>Models of the world outside, beside what ONNX Runtime made of the same inputs.</summary>
public sealed class RecordedModelTests
{
    [TestCase("ch_PP-OCRv4_det_infer")]
    [TestCase("ch_ppocr_mobile_v2.0_cls_infer")]
    [TestCase("silero_vad_v5")]
    public void OutputsAreTheRecordedOnes(string name)
    {
        if (SharedData.Find($"onnx-models/{name}") is not { } folder)
        {
            Assert.Ignore($"The model is not here: no shared/data/onnx-models/{name} in a folder above.");
            return;
        }

        var model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
        var inputs = model.Inputs.ToDictionary(i => i.Name, i => (OnnxValue)NpyFile.Load(Path.Combine(folder, $"input.{i.Name}.npy")));
        var outputs = model.Run(inputs);
        Tensor.Realize([.. outputs.Values.Select(o => o.Tensor)]);
        foreach (var (output, value) in outputs)
        {
            var expected = NpyFile.Load(Path.Combine(folder, $"output.{output}.npy"));
            Assert.That(value.Tensor.Shape.ToArray(), Is.EqualTo(expected.Shape.ToArray()), output);
            Assert.That((value.Tensor - expected).Abs().Max().Item<float>(), Is.LessThan(1e-4), output);
        }
    }
}
