using System.Text.Json;
using Tenon.EndToEnd;

namespace Tenon.Web.Tests;

/// <summary>The page on which one draws a digit.</summary>
internal sealed class DigitPageTests : BrowserTest
{
    private string _folder = null!;
    private FileServer _server = null!;

    [OneTimeSetUp]
    public void MakePage()
    {
        _folder = Export("digits", "mnist", "--epochs", "2");
        _server = new FileServer(_folder);
    }

    [OneTimeTearDown]
    public void Close() => _server?.Dispose();

    [Test]
    public async Task DrawnDigitsAreRead()
    {
        var page = await OpenAsync();
        await page.ScreenshotAsync(Artifact("digits-empty.png"));
        var box = await page.EvaluateAsync("(({ left, top, width, height }) => ({ left, top, width, height }))(document.getElementById('canvas').getBoundingClientRect())");
        (double, double) At((double X, double Y) p) => (box.GetProperty("left").GetDouble() + p.X * box.GetProperty("width").GetDouble(), box.GetProperty("top").GetDouble() + p.Y * box.GetProperty("height").GetDouble());
        foreach (var (digit, strokes) in Strokes)
        {
            foreach (var stroke in strokes)
            {
                await page.DrawAsync([.. Between(stroke).Select(At)]);
            }

            var answer = await AnswerAsync(page);
            await page.ScreenshotAsync(Artifact($"digit-{digit}.png"));
            Assert.That(answer, Is.EqualTo($"{digit}"));
            await page.EvaluateAsync("document.getElementById('clear').click()");
            Assert.That(await AnswerAsync(page), Is.Empty);
        }
    }

    [Test]
    public async Task ProbabilitiesAreThoseOfTheCpu()
    {
        var page = await OpenAsync();
        Assert.That(await DifferenceAsync(page), Is.LessThan(1e-3));
    }

    [Test]
    public async Task DigitsOfTheTestSetAreReadAsDrawn()
    {
        // Ten times as large, somewhere on the canvas: what the page makes of them is the digit again.
        var digits = Tenon.Data.Mnist.ReadTest(Path.Combine(TenonProcess.BuiltFolder, "Data")).Read([.. Enumerable.Range(0, 100)]);
        var page = await OpenAsync();
        var correct = await page.EvaluateAsync($$"""
            (async () => {
              const { load } = await import('./model.js');
              const { toDigit } = await import('./preprocess.js');
              const model = await load();
              const labels = {{JsonSerializer.Serialize(digits[1].Cast(DType.Int32).ToArray<int>())}};
              const pixels = Uint8Array.from(atob('{{Convert.ToBase64String([.. digits[0].ToArray<float>().Select(p => (byte)MathF.Round(255 * p))])}}'), c => c.charCodeAt(0));
              let correct = 0;
              for (let n = 0; n < labels.length; n++) {
                const ink = Float32Array.from({ length: 280 * 280 }, (_, i) => {
                  const [x, y] = [Math.floor((i % 280) / 8) - 2, Math.floor(i / 280 / 8) - 5];
                  return x >= 0 && y >= 0 && x < 28 && y < 28 ? pixels[784 * n + 28 * y + x] / 255 : 0;
                });
                const { probabilities: { data } } = await model.run({ image: toDigit(ink, 280, 280) });
                correct += data.indexOf(Math.max(...data)) === labels[n] ? 1 : 0;
              }
              model.dispose();
              return correct;
            })()
            """);
        Assert.That(correct.GetInt32(), Is.GreaterThanOrEqualTo(93));
    }

    [Test]
    public async Task WithoutWebGpuThePageSaysSo()
    {
        var page = await Browser.NewPageAsync("Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });");
        Assert.That(await page.GoAsync(_server.Address + "index.html"), Is.EqualTo("failed"));
        var said = (await page.EvaluateAsync("document.getElementById('error').textContent")).GetString();
        Assert.That(said, Does.Contain("This browser has no WebGPU"));
    }

    [Test]
    public async Task WithoutAnAdapterThePageSaysSo()
    {
        var page = await Browser.NewPageAsync("GPU.prototype.requestAdapter = async () => null;");
        Assert.That(await page.GoAsync(_server.Address + "index.html"), Is.EqualTo("failed"));
        Assert.That((await page.EvaluateAsync("document.getElementById('error').textContent")).GetString(), Does.Contain("no graphics device"));
    }

    [Test]
    public async Task WeightsThatEndTooEarlyAreSaid()
    {
        var broken = Path.Combine(Folder.Path, "broken");
        TemporaryFolder.Copy(_folder, broken);
        var file = Path.Combine(broken, "weights.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);
        using var server = new FileServer(broken);
        var page = await Browser.NewPageAsync();
        Assert.That(await page.GoAsync(server.Address + "index.html"), Is.EqualTo("failed"));
        Assert.That((await page.EvaluateAsync("document.getElementById('error').textContent")).GetString(), Does.Contain("ends too early"));
    }

    [Test]
    public async Task WrongInputsAreErrorsThatSayWhatIsExpected()
    {
        var page = await OpenAsync();
        var said = await page.EvaluateAsync("""
            (async () => {
              const { load } = await import('./model.js');
              const stages = [];
              const model = await load(null, { onProgress: p => stages.push(p.fraction) });
              const said = [];
              for (const inputs of [{}, { image: new Float32Array(3) }, { image: new Int32Array(784) }, { picture: new Float32Array(784) }, null]) {
                said.push(await model.run(inputs).then(() => 'none', e => `${e.name} ${e.code} ${e.message}`));
              }

              // Calls at once, and numbers in a plain array.
              const images = [0, 1, 2].map(n => Array.from({ length: 784 }, (_, i) => (i * (n + 3)) % 7 / 7));
              const alone = [];
              for (const image of images) alone.push(Array.from((await model.run({ image })).probabilities.data));
              const together = await Promise.all(images.map(image => model.run({ image })));
              const same = together.every((r, i) => r.probabilities.data.every((v, j) => v === alone[i][j]));
              model.dispose();
              said.push(await model.run({ image: images[0] }).then(() => 'none', e => e.code));
              return { said, same, differ: alone[0][0] !== alone[1][0], shape: together[0].probabilities.shape, rises: stages.every((s, i) => i === 0 || s >= stages[i - 1]), last: stages.at(-1) };
            })()
            """);
        var messages = said.GetProperty("said").EnumerateArray().Select(m => m.GetString()).ToArray();
        Assert.That(messages[0], Does.StartWith("ModelError input").And.Contain("'image' is missing").And.Contain("float32 [1,1,28,28]"));
        Assert.That(messages[1], Does.Contain("Float32Array of 3").And.Contain("784"));
        Assert.That(messages[2], Does.Contain("Int32Array"));
        Assert.That(messages[3], Does.Contain("no input 'picture'"));
        Assert.That(messages[4], Does.Contain("missing"));
        Assert.That(messages[5], Is.EqualTo("device"));
        Assert.That(said.GetProperty("same").GetBoolean() && said.GetProperty("differ").GetBoolean() && said.GetProperty("rises").GetBoolean(), said.ToString());
        Assert.That(said.GetProperty("last").GetDouble(), Is.EqualTo(1));
        Assert.That(said.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()), Is.EqualTo(new[] { 1, 10 }));
    }

    private static readonly (int Digit, (double X, double Y)[][] Strokes)[] Strokes =
    [
        (0, [[.. Enumerable.Range(0, 25).Select(i => (0.5 - 0.2 * Math.Sin(2 * Math.PI * i / 24), 0.5 - 0.32 * Math.Cos(2 * Math.PI * i / 24)))]]),
        (1, [[(0.52, 0.15), (0.5, 0.85)]]),
        (3, [[(0.3, 0.22), (0.42, 0.15), (0.6, 0.17), (0.66, 0.28), (0.6, 0.42), (0.45, 0.48), (0.62, 0.53), (0.68, 0.66), (0.6, 0.8), (0.43, 0.85), (0.28, 0.78)]]),
        (7, [[(0.27, 0.2), (0.7, 0.2), (0.58, 0.45), (0.46, 0.85)]]),
    ];

    private static IEnumerable<(double X, double Y)> Between((double X, double Y)[] points)
    {
        yield return points[0];
        for (var i = 1; i < points.Length; i++)
        {
            for (var step = 1; step <= 4; step++)
            {
                var (a, b) = (points[i - 1], points[i]);
                yield return (a.X + (b.X - a.X) * step / 4, a.Y + (b.Y - a.Y) * step / 4);
            }
        }
    }

    private async Task<Page> OpenAsync()
    {
        var page = await Browser.NewPageAsync();
        Assert.That(await page.GoAsync(_server.Address + "index.html"), Is.EqualTo("ready"), (await page.EvaluateAsync("document.body.innerText")).GetString());
        return page;
    }

    // The answer once the page has nothing more to ask: it was busy before what asked returned.
    private static async Task<string> AnswerAsync(Page page) =>
        (await page.EvaluateAsync("new Promise(done => { const look = () => document.body.dataset.busy === 'false' ? done(document.body.dataset.answer) : setTimeout(look, 20); look(); })")).GetString()!;
}
