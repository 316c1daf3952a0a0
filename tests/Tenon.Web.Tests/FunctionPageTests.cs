namespace Tenon.Web.Tests;

/// <summary>Functions and dtypes in a browser.</summary>
internal sealed class FunctionPageTests : BrowserTest
{
    [Test]
    public async Task FunctionsAndDTypes()
    {
        var numbers = Enumerable.Range(0, 61).Select(i => (i - 30) / 5f).ToArray();
        var (x, whole, small) = (Tensor.From(numbers), Tensor.From([.. numbers.Select(n => (long)(n * 1e10))]), Tensor.From([.. numbers.Select(n => (sbyte)(20 * n))]));
        var outputs = new (string Name, Func<Tensor, Tensor, Tensor, Tensor> Of)[]
        {
            ("exp", (x, _, _) => x.Exp()),
            ("exp2", (x, _, _) => x.Exp2()),
            ("log", (x, _, _) => (x.Abs() + 0.5).Log()),
            ("sin", (x, _, _) => x.Sin()),
            ("cos", (x, _, _) => x.Cos()),
            ("tanh", (x, _, _) => (x * 20).Tanh()),
            ("sigmoid", (x, _, _) => x.Sigmoid()),
            ("erf", (x, _, _) => x.Erf()),
            ("pow", (x, _, _) => (x.Abs() + 0.1).Pow(1.7)),
            ("softmax", (x, _, _) => x.Softmax(0)),
            ("rounded by a large number", (x, _, _) => x * 1.3 + 12582912.0 - 12582912.0),
            ("mean", (x, _, _) => x.Mean()),
            ("int64", (_, n, _) => n * 3 + n.Sum()),
            ("int32", (x, _, _) => x.Cast(DType.Int32) / 2),
            ("int8", (_, _, b) => b + b),
            ("uint8", (_, _, b) => b.Cast(DType.UInt8)),
            ("bool", (x, n, _) => (x > 0.5).Eq(n > 0)),
            ("float16", (x, _, _) => x.Cast(DType.Float16) * 1.5),
            ("nan", (x, _, _) => (x.Log().IsNaN() & (x / 0.0).IsInf()).Cast(DType.Int32)),
            ("constant", (_, _, _) => Tensor.Arange(5)),
            ("input", (x, _, _) => x),
        };
        var folder = Path.Combine(Folder.Path, "functions");
        WebExport.Write(
            new WebModel
            {
                Name = "Functions",
                Inputs = [("x", x), ("whole", whole), ("small", small)],
                Outputs = [.. outputs.Select(o => o.Name)],
                Function = given => [.. outputs.Select(o => o.Of(given[0], given[1], given[2]))],
            },
            WebPage.Plain,
            folder);

        using var server = new FileServer(folder);
        var page = await Browser.NewPageAsync();
        Assert.That(await page.GoAsync(server.Address + "index.html"), Is.EqualTo("ready"), (await page.EvaluateAsync("document.body.innerText")).GetString());
        var off = await page.EvaluateAsync("""
            (async () => {
              const { load, loadTensors } = await import('./model.js');
              const [model, sample] = await Promise.all([load(), loadTensors('sample.safetensors')]);
              const outputs = await model.run(Object.fromEntries(model.inputs.map(i => [i.name, sample['input.' + i.name].data])));
              const off = {};
              for (const { name, dtype, shape } of model.outputs) {
                const [given, expected] = [outputs[name].data, sample['output.' + name].data];
                const same = given.length === expected.length && String(shape) === String(sample['output.' + name].shape);
                off[name] = !same ? -1 : dtype !== 'float32' ? expected.filter((v, i) => v !== given[i]).length
                  : Math.max(...Array.from(expected, (v, i) => v === given[i] ? 0 : Math.abs(v - given[i]) / (1 + Math.abs(v))).map(d => Number.isNaN(d) ? 1e9 : d));
              }
              model.dispose();
              return off;
            })()
            """);
        Assert.Multiple(() =>
        {
            foreach (var output in off.EnumerateObject())
            {
                Assert.That(output.Value.GetDouble(), Is.InRange(0, 2e-5), output.Name);
            }
        });
    }
}
