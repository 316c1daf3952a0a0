using System.Text.Json;
using Tenon.EndToEnd;

namespace Tenon.Web.Tests;

/// <summary>Tests in a browser, which all share.</summary>
[NonParallelizable]
internal abstract class BrowserTest
{
    private static Chromium? _browser;

    /// <summary>Where pages go that a test makes.</summary>
    protected TemporaryFolder Folder { get; private set; } = null!;

    /// <summary>The browser.</summary>
    protected Chromium Browser => _browser!;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _browser ??= await Chromium.StartAsync();
        Folder = new TemporaryFolder();
    }

    [OneTimeTearDown]
    public void TearDown() => Folder?.Dispose();

    /// <summary>Closes the browser after all tests.</summary>
    public static async Task CloseAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    /// <summary>Exports by the command line.</summary>
    /// <returns>The folder.</returns>
    protected string Export(string name, params string[] arguments)
    {
        var folder = Path.Combine(Folder.Path, name);
        TenonProcess.Run(["export", "web", .. arguments, "-o", folder]).AssertSuccess();
        return folder;
    }

    /// <summary>The greatest difference of a model's outputs in the browser from those of its sample.</summary>
    protected static async Task<double> DifferenceAsync(Page page)
    {
        var result = await page.EvaluateAsync("""
            (async () => {
              const { load, loadTensors } = await import('./model.js');
              const [model, sample] = await Promise.all([load(), loadTensors('sample.safetensors')]);
              const outputs = await model.run(Object.fromEntries(model.inputs.map(i => [i.name, sample['input.' + i.name].data])));
              let most = 0, count = 0;
              for (const { name } of model.outputs) {
                outputs[name].data.forEach((v, i) => {
                  const difference = Math.abs(Number(v) - Number(sample['output.' + name].data[i]));
                  most = difference <= most ? most : difference;
                  count++;
                });
              }
              model.dispose();
              return { most: Number.isNaN(most) ? 'NaN' : most, count };
            })()
            """);
        Assert.That(result.GetProperty("count").GetInt32(), Is.Positive);
        return result.GetProperty("most").ValueKind == JsonValueKind.Number ? result.GetProperty("most").GetDouble() : double.NaN;
    }

    /// <summary>Where what a test leaves to be looked at goes.</summary>
    protected static string Artifact(string name)
    {
        var folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "artifacts");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }
}

/// <summary>The browser ends with the tests.</summary>
[SetUpFixture]
internal sealed class BrowserEnd
{
    [OneTimeTearDown]
    public Task TearDown() => BrowserTest.CloseAsync();
}
