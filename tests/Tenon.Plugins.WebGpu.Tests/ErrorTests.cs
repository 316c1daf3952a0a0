using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>What goes wrong says so, with its name and what to do.</summary>
internal sealed class ErrorTests
{
    [Test]
    public void Shaders_that_do_not_compile_name_kernel_line_and_reason()
    {
        using var device = TestHost.Open();
        var error = Assert.Throws<BackendException>(() => device.Load(Kernel("bad", "@compute @workgroup_size(1)\nfn main() {\n    let x = missing + 1;\n}\n")));
        Assert.That(error!.Code, Is.EqualTo("TEN4354"));
        Assert.That(error.Message, Does.Contain("kernel bad").And.Contain("line 3").And.Contain("let x = missing + 1;").And.Contain("unresolved"));
    }

    [Test]
    public void A_lost_device_says_so_at_the_next_operation()
    {
        var device = TestHost.Open();
        var session = ((WebGpuDevice)device).Session;
        Assume.That(session.Library.Has("wgpuDeviceForceLoss"), "Only Dawn can lose a device when asked.");
        using (var message = new Native.Text("pulled out"))
        {
            ForceLoss(session, message);
        }

        var error = Assert.Throws<BackendException>(() =>
        {
            device.Synchronize();
            device.Allocator.Allocate(16);
            device.Synchronize();
        });
        Assert.That(error!.Code, Is.EqualTo("TEN4357"));
        Assert.That(error.Message, Does.Contain("pulled out"));
        Assert.That(device.Dispose, Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4357"));
    }

    [Test]
    public void Errors_that_come_later_name_the_kernels()
    {
        using var device = TestHost.Open();
        using var program = device.Load(Kernel("too_wide", "@compute @workgroup_size(1)\nfn main() {\n}\n", new GridSize(1 << 20)));
        program.Launch([]);
        var error = Assert.Throws<BackendException>(device.Synchronize);
        Assert.That(error!.Code, Is.EqualTo("TEN4356"));
        Assert.That(error.Message, Does.Contain("too_wide"));
        Assert.That(device.Synchronize, Throws.Nothing, "an error is told once");
    }

    [Test]
    public void No_library_and_wrong_libraries_are_notes()
    {
        Assert.That(NoteOf(("library", "/nowhere/libwebgpu.so")), Does.StartWith("TEN4360").And.Contain("/nowhere/libwebgpu.so").And.Contain("library"));
        var other = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";
        Assert.That(NoteOf(("library", other)), Does.StartWith("TEN4360").And.Contain("wgpuCreateInstance"));
    }

    [Test]
    public void Software_is_not_taken_silently()
    {
        using var device = TestHost.Open();
        Assume.That(((WebGpuDevice)device).Session.Adapter.IsSoftware, "There is a GPU.");
        Assert.That(NoteOf(("software", "false")), Does.StartWith("TEN4362").And.Contain("software"));
    }

    [Test]
    public void Settings_are_checked()
    {
        Assert.That(() => NoteOf(("backend", "vulcan")), Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4007").And.Message.Contains("Vulkan"));
        Assert.That(() => NoteOf(("backend", "Null")), Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4007"));
        Assert.That(() => NoteOf(("libary", "x")), Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4007"));
    }

    private static string NoteOf(params (string Key, string Value)[] settings)
    {
        var host = new TestHost(settings);
        Assert.That(new WebGpuPlugin().EnumerateDevices(host), Is.Empty);
        return host.Notes.Single();
    }

    private static CompiledKernel Kernel(string name, string source, GridSize? dispatch = null) => new()
    {
        Name = name,
        Generator = "WGSL",
        Binary = new WgslShader(source, dispatch ?? new GridSize(1), [], 0) { Written = [] }.ToBytes(),
        GlobalSize = 1,
        BufferCount = 0,
        VariableCount = 0,
    };

    private static unsafe void ForceLoss(Session session, Native.Text message)
    {
        var handle = NativeLibrary.Load(session.Library.Path);
        var lose = (delegate* unmanaged[Cdecl]<nint, uint, Native.StringView, void>)NativeLibrary.GetExport(handle, "wgpuDeviceForceLoss");
        lock (session.Lock)
        {
            lose(session.Handle, 1, message.View);
        }
    }
}
