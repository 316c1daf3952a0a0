using System.Text.Json;

namespace Tenon.EndToEnd;

/// <summary><c>tenon cache</c>.</summary>
public sealed class CacheTests
{
    [Test]
    public void TellsWhatIsKeptAndDeletesIt()
    {
        using var folder = new TemporaryFolder();
        using var copy = new Installation();
        string[] here = ["--set", $"cache:folder={folder.Path}"];
        TenonProcess.RunIn(copy.Folder, ["train", "mnist", "--epochs", "0", "--data", copy.SmallData(), "--save", copy.Path("w.safetensors"), .. here]).AssertSuccess();

        var (result, report) = TenonProcess.RunForReport(copy.Folder, ["cache", "info", .. here]);
        result.AssertSuccess();
        Assert.That(report.GetProperty("folder").GetString(), Is.EqualTo(folder.Path));
        Assert.That(report.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("kind").GetString()), Is.EqualTo(new[] { "kernels", "schedules" }));
        Assert.That(Files(report), Has.All.GreaterThan(0));

        (result, report) = TenonProcess.RunForReport(copy.Folder, ["cache", "clear", .. here]);
        result.AssertSuccess();
        Assert.That(Files(report), Has.All.Zero);
        Assert.That(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void SaysThatTheCacheIsOff()
    {
        var result = TenonProcess.Run("cache", "info", "--set", "cache:enabled=false");
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("off"));
    }

    private static IEnumerable<int> Files(JsonElement report) => report.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("files").GetInt32());
}
