using System.Text.Json;

namespace Tenon.EndToEnd;

/// <summary><c>tenon devices</c>, with plugins that come and go without a rebuild.</summary>
public sealed class DevicesTests
{
    [Test]
    public void ListsEveryPluginWithItsDevicesAndGenerators()
    {
        var (result, report) = TenonProcess.RunForReport(TenonProcess.BuiltFolder, "devices");
        result.AssertSuccess();
        Assert.That(result.Output, Does.Contain("tenon.cpu").And.Contain("tenon.null").And.Contain("CPU/CLR"));
        Assert.That(report.GetProperty("defaultDevice").GetString(), Is.EqualTo("CPU"));
        Assert.That(Plugin(report, "tenon.cpu").GetProperty("state").GetString(), Is.EqualTo("Opened"));
        Assert.That(Plugin(report, "tenon.null").GetProperty("devices")[0].GetString(), Is.EqualTo("NULL"));
    }

    [Test]
    public void AMissingPluginIsToldAndHidesNoOther()
    {
        using var copy = new Installation();
        var plugin = copy.Path("plugins", "cpu");
        var aside = copy.Path("cpu-aside");
        Directory.Move(plugin, aside);

        var (result, report) = TenonProcess.RunForReport(copy.Folder, "devices");
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.Contain("tenon.cpu").And.Contain("unavailable"));
        Assert.That(result.Error, Does.Contain("TEN2002").And.Contain(plugin));
        Assert.That(Plugin(report, "tenon.null").GetProperty("error").ValueKind, Is.EqualTo(JsonValueKind.Null));
        TenonProcess.RunIn(copy.Folder, "train", "mnist", "--epochs", "0", "--device", "NULL", "--data", copy.SmallData(), "--save", copy.Path("w.safetensors")).AssertSuccess();

        Directory.Move(aside, plugin);
        var (again, _) = TenonProcess.RunForReport(copy.Folder, "devices");
        again.AssertSuccess();
    }

    private static JsonElement Plugin(JsonElement report, string id) =>
        report.GetProperty("plugins").EnumerateArray().Single(p => p.GetProperty("id").GetString() == id);
}
