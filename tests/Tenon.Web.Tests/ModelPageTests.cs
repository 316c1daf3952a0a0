using Tenon.Onnx.Tests;

namespace Tenon.Web.Tests;

/// <summary>Models of ONNX in a browser give what they give here.</summary>
internal sealed class ModelPageTests : BrowserTest
{
    [TestCase("ch_ppocr_mobile_v2.0_cls_infer")]
    [TestCase("ch_PP-OCRv4_det_infer")]
    [TestCase("silero_vad_v5", "--constant", "sr")]
    public async Task RecordedModels(string name, params string[] options)
    {
        if (SharedData.Find($"onnx-models/{name}") is not { } data)
        {
            Assert.Ignore($"The model is not here: no shared/data/onnx-models/{name} in a folder above.");
            return;
        }

        string[] inputs = [.. Directory.EnumerateFiles(data, "input.*.npy").SelectMany(f => new[] { "--input", $"{Path.GetFileName(f)["input.".Length..^4]}={f}" })];
        using var server = new FileServer(Export(name, [Path.Combine(data, "model.onnx"), .. inputs, .. options]));
        var page = await Browser.NewPageAsync();
        Assert.That(await page.GoAsync(server.Address + "index.html"), Is.EqualTo("ready"), (await page.EvaluateAsync("document.body.innerText")).GetString());
        await page.ScreenshotAsync(Artifact($"{name}.png"));
        Assert.That(await DifferenceAsync(page), Is.LessThan(1e-3));
    }
}
