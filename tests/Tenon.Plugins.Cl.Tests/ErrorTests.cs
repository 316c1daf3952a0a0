using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Compilation;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;
using static Tenon.Plugins.Cl.Tests.KernelRunner;

namespace Tenon.Plugins.Cl.Tests;

/// <summary>What a user is told. What no driver here does is played by functions of its library that are changed.</summary>
internal sealed unsafe class ErrorTests
{
    private static ClFunctions _real;

    [Test]
    public void ALibraryThatIsNotThereIsAnErrorOfTheSetting()
    {
        Assert.That(
            () => new ClPlugin().EnumerateDevices(new TestHost(("library", "no-such-library"))),
            Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4300").And.Message.Contains("no-such-library").And.Message.Contains("library"));
        var other = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "/usr/lib/libSystem.dylib" : "libc.so.6";
        Assert.That(
            () => new ClPlugin().EnumerateDevices(new TestHost(("library", other))),
            Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4300").And.Message.Contains("not a library of OpenCL"));
    }

    [TestCase("platfrom", "x", "platform")]
    [TestCase("type", "gpus", "gpu, cpu")]
    [TestCase("transfers", "2", "own, shared")]
    public void ImpossibleSettingsAreRefused(string key, string value, string part) =>
        Assert.That(() => new ClPlugin().EnumerateDevices(new TestHost((key, value))), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4007").And.Message.Contains(part));

    [TestCase("platform", "no such platform", "TEN4301")]
    [TestCase("allow", "no such device, nor this", "TEN4302")]
    [TestCase("type", "accelerator", "TEN4302")]
    public void SettingsThatLeaveNothingSayWhatThereIs(string key, string value, string code)
    {
        using (TestHost.Open())
        {
        }

        var host = new TestHost((key, value));
        Assert.That(new ClPlugin().EnumerateDevices(host), Is.Empty);
        Assert.That(host.Notes.Single(), Does.StartWith(code).And.Contain("There are"));
    }

    [Test]
    public void ASettingChoosesAmongDevices()
    {
        var name = new ClPlugin().EnumerateDevices(new TestHost()).Select(d => d.DisplayName).FirstOrDefault();
        if (name is null)
        {
            Assert.Ignore("There is no OpenCL device here.");
        }

        Assert.That(new ClPlugin().EnumerateDevices(new TestHost(("allow", $"nothing,{name!.Split(' ')[0]}")))[0].DisplayName, Is.EqualTo(name));
    }

    [Test]
    public void NoDriverIsANote()
    {
        var library = TestHost.Library();
        Assert.That(Find(library.Functions with { clGetPlatformIDs = &NoPlatform }), Does.StartWith("TEN4301").And.Contain("install"));
        Assert.That(Find(library.Functions with { clGetDeviceIDs = &NoDevice }), Does.StartWith("TEN4302").And.Contain("video"));
    }

    [Test]
    public void AnOldDriverIsANote()
    {
        _real = TestHost.Library().Functions;
        Assert.That(Find(_real with { clGetDeviceInfo = &OldVersion }), Does.StartWith("TEN4303").And.Contain("OpenCL 1.1").And.Contain("Update"));
        Assert.That(Find(_real with { clGetDeviceInfo = &NoCompiler }), Does.StartWith("TEN4304").And.Contain("no compiler"));
        Assert.That(Find(_real with { clGetDeviceInfo = &FewArguments }), Does.StartWith("TEN4304").And.Contain("64 bytes of arguments"));
    }

    [Test]
    public void AKernelThatDoesNotCompileShowsTheLine()
    {
        using var device = TestHost.Open();
        var compiler = ((ClDevice)device).Compiler;
        var error = Assert.Throws<BackendException>(() => compiler.Compile("broken", "__kernel void broken(__global int* x)\n{\n    x[0] = nonsense;\n}\n"))!;
        Assert.That(error.Code, Is.EqualTo("TEN4306"));
        Assert.That(error.Message, Does.Contain("broken").And.Contain("line 3").And.Contain("`x[0] = nonsense;`"));
    }

    [TestCase("<program source>:3:12: error: use of undeclared identifier 'nonsense'")]
    [TestCase("1 warning\n\"/tmp/x.cl\", line 3: error: identifier \"nonsense\" is undefined")]
    [TestCase("/tmp/pocl/a.cl:3: ERROR: nonsense")]
    public void LogsOfManyDriversAreRead(string log) =>
        Assert.That(BuildLog.Explain("k", "device", "a\nb\n  c = nonsense;\nd", log).Message, Does.Contain("line 3, `c = nonsense;`"));

    [Test]
    public void AFailureOfWhatIsQueuedIsToldByTheNextSynchronisationOnce()
    {
        _real = TestHost.Library().Functions;
        using var device = TestHost.OpenWith(f => f with { clGetEventInfo = &Failed });
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4)));
        using var buffer = device.Allocator.Allocate(16);
        device.Synchronize();
        _failing = -9;
        program.Launch([Whole(buffer)]);
        Assert.That(device.Synchronize, Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4309").And.Message.Contains("kernel count_up_4"));
        _failing = 0;
        Assert.That(device.Synchronize, Throws.Nothing);
        _failing = CL_MEM_OBJECT_ALLOCATION_FAILURE;
        program.Launch([Whole(buffer)]);
        Assert.That(() => Download(device, buffer), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4307").And.Message.Contains("kernel count_up_4"));
        _failing = 0;
    }

    [Test]
    public void ALostDeviceStaysLost()
    {
        var device = TestHost.OpenWith(f => f with { clEnqueueNDRangeKernel = &Lost });
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4)));
        using var buffer = device.Allocator.Allocate(16);
        var uses = new (string Name, Action Act)[]
        {
            ("launch", () => program.Launch([Whole(buffer)])),
            ("synchronise", device.Synchronize),
            ("allocate", () => device.Allocator.Allocate(16)),
            ("copy", () => device.Allocator.CopyIn(Whole(buffer), new byte[16])),
            ("close", device.Dispose),
        };
        foreach (var (name, act) in uses)
        {
            Assert.That(() => act(), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4308").And.Message.Contains("kernel count_up_4"), name);
        }
    }

    [Test]
    public void MemoryThatIsLackingAtTheLaunchNamesTheKernel()
    {
        using var device = TestHost.OpenWith(f => f with { clEnqueueNDRangeKernel = &NoMemory });
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4)));
        using var buffer = device.Allocator.Allocate(16);
        Assert.That(() => program.Launch([Whole(buffer)]), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4307").And.Message.Contains("count_up_4").And.Message.Contains("batches"));
    }

    [Test]
    public void AGroupThatIsTooLargeForItsKernelIsAnError()
    {
        using var device = TestHost.OpenWith(f => f with { clGetKernelWorkGroupInfo = &NoLanes });
        Assert.That(
            () => device.Load(device.CodeGenerators[0].Generate(CountUp(4))),
            Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4310").And.Message.Contains("count_up_4"));
    }

    [TestCase("shared")]
    [TestCase("own")]
    public void EverythingIsReleased(string transfers)
    {
        _real = TestHost.Library().Functions;
        _held.Clear();
        using (var device = TestHost.OpenWith(Counted, transfers))
        {
            var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4000)));
            using var buffer = Upload(device, new byte[16000]);
            for (var i = 0; i < 600; i++)
            {
                program.Launch([Whole(buffer)]);
            }

            Download(device, buffer);
            ((ILaunchTiming)device).Measure(program, [Whole(buffer)], []);
            program.Launch([Whole(buffer)]);
            program.Dispose();
            Assert.That(() => program.Launch([Whole(buffer)]), Throws.TypeOf<ObjectDisposedException>());
            LoadAndForget(device);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (_held)
        {
            Assert.That(_held, Is.Empty, string.Join(", ", _held.Values));
        }
    }

    [TestCase("shared")]
    [TestCase("own")]
    public void LaunchesAndCopiesToTheDeviceDoNotWait(string transfers)
    {
        _real = TestHost.Library().Functions;
        using var device = TestHost.OpenWith(f => f with { clWaitForEvents = &CountWait }, transfers);
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4000, loops: 100)));
        using var buffer = device.Allocator.Allocate(16000);
        var (before, data) = (_waits, new byte[16000]);
        for (var i = 0; i < 100; i++)
        {
            device.Allocator.CopyIn(Whole(buffer), data);
            program.Launch([Whole(buffer)]);
            program.Launch([Whole(buffer)]);
        }

        Assert.That(_waits, Is.EqualTo(before));
        device.Synchronize();
        Assert.That(_waits, Is.GreaterThan(before));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadAndForget(Device device) => device.Load(device.CodeGenerators[0].Generate(CountUp(4001)));

    private static string Find(ClFunctions functions)
    {
        var notes = new List<string>();
        Assert.That(ClDeviceList.Find(new ClLibrary("changed", functions), new ClSettings(), notes.Add), Is.Empty);
        return string.Join('\n', notes);
    }

    private static int _failing;
    private static int _waits;
    private static readonly Dictionary<nint, string> _held = [];

    private static ClFunctions Counted(ClFunctions f) => f with
    {
        clCreateContext = &CreateContext,
        clReleaseContext = &ReleaseContext,
        clCreateCommandQueue = &CreateQueue,
        clReleaseCommandQueue = &ReleaseQueue,
        clCreateBuffer = &CreateBuffer,
        clReleaseMemObject = &ReleaseBuffer,
        clCreateKernel = &CreateKernel,
        clReleaseKernel = &ReleaseKernel,
        clEnqueueNDRangeKernel = &Enqueue,
        clReleaseEvent = &ReleaseEvent,
        clRetainEvent = &RetainEvent,
    };

    private static nint Hold(nint handle, string kind)
    {
        lock (_held)
        {
            _held[handle] = kind;
        }

        return handle;
    }

    private static nint Drop(nint handle)
    {
        lock (_held)
        {
            _held.Remove(handle);
        }

        return handle;
    }

    private static int Answer(nuint size, void* value, nuint* actual, ReadOnlySpan<byte> bytes)
    {
        if (actual != null)
        {
            *actual = (nuint)bytes.Length;
        }

        if (value != null)
        {
            bytes.CopyTo(new Span<byte>(value, (int)size));
        }

        return CL_SUCCESS;
    }

    [UnmanagedCallersOnly]
    private static int NoPlatform(uint count, nint* platforms, uint* actual) => CL_PLATFORM_NOT_FOUND_KHR;

    [UnmanagedCallersOnly]
    private static int NoDevice(nint platform, ulong type, uint count, nint* devices, uint* actual) => CL_DEVICE_NOT_FOUND;

    [UnmanagedCallersOnly]
    private static int OldVersion(nint device, uint property, nuint size, void* value, nuint* actual) =>
        property == CL_DEVICE_VERSION ? Answer(size, value, actual, "OpenCL 1.1 Ancient\0"u8) : _real.clGetDeviceInfo(device, property, size, value, actual);

    [UnmanagedCallersOnly]
    private static int NoCompiler(nint device, uint property, nuint size, void* value, nuint* actual) =>
        property == CL_DEVICE_COMPILER_AVAILABLE ? Answer(size, value, actual, [0, 0, 0, 0]) : _real.clGetDeviceInfo(device, property, size, value, actual);

    [UnmanagedCallersOnly]
    private static int FewArguments(nint device, uint property, nuint size, void* value, nuint* actual) =>
        property == CL_DEVICE_MAX_PARAMETER_SIZE ? Answer(size, value, actual, [64, 0, 0, 0, 0, 0, 0, 0]) : _real.clGetDeviceInfo(device, property, size, value, actual);

    [UnmanagedCallersOnly]
    private static int Failed(nint command, uint property, nuint size, void* value, nuint* actual)
    {
        var code = _real.clGetEventInfo(command, property, size, value, actual);
        if (code == CL_SUCCESS && *(int*)value == CL_COMPLETE)
        {
            *(int*)value = _failing;
        }

        return code;
    }

    [UnmanagedCallersOnly]
    private static int Lost(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* wait, nint* command) => CL_INVALID_COMMAND_QUEUE;

    [UnmanagedCallersOnly]
    private static int NoMemory(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* wait, nint* command) => CL_MEM_OBJECT_ALLOCATION_FAILURE;

    [UnmanagedCallersOnly]
    private static int CountWait(uint count, nint* commands)
    {
        Interlocked.Increment(ref _waits);
        return _real.clWaitForEvents(count, commands);
    }

    [UnmanagedCallersOnly]
    private static int NoLanes(nint kernel, nint device, uint property, nuint size, void* value, nuint* actual)
    {
        *(nuint*)value = 0;
        return CL_SUCCESS;
    }

    [UnmanagedCallersOnly]
    private static nint CreateContext(nint* properties, uint count, nint* devices, nint notify, nint user, int* code) => Hold(_real.clCreateContext(properties, count, devices, notify, user, code), "context");

    [UnmanagedCallersOnly]
    private static int ReleaseContext(nint handle) => _real.clReleaseContext(Drop(handle));

    [UnmanagedCallersOnly]
    private static nint CreateQueue(nint context, nint device, ulong properties, int* code) => Hold(_real.clCreateCommandQueue(context, device, properties, code), "queue");

    [UnmanagedCallersOnly]
    private static int ReleaseQueue(nint handle) => _real.clReleaseCommandQueue(Drop(handle));

    [UnmanagedCallersOnly]
    private static nint CreateBuffer(nint context, ulong flags, nuint size, void* host, int* code) => Hold(_real.clCreateBuffer(context, flags, size, host, code), "buffer");

    [UnmanagedCallersOnly]
    private static int ReleaseBuffer(nint handle) => _real.clReleaseMemObject(Drop(handle));

    [UnmanagedCallersOnly]
    private static nint CreateKernel(nint program, byte* name, int* code) => Hold(_real.clCreateKernel(program, name, code), "kernel");

    [UnmanagedCallersOnly]
    private static int ReleaseKernel(nint handle) => _real.clReleaseKernel(Drop(handle));

    [UnmanagedCallersOnly]
    private static int Enqueue(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* wait, nint* command)
    {
        var code = _real.clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, waits, wait, command);
        Hold(*command, "event");
        return code;
    }

    // Only those of launches are counted; a second reference is let go of before the first.
    [UnmanagedCallersOnly]
    private static int RetainEvent(nint handle)
    {
        lock (_held)
        {
            if (_held.TryGetValue(handle, out var kind))
            {
                _held[handle] = kind + "+";
            }
        }

        return _real.clRetainEvent(handle);
    }

    [UnmanagedCallersOnly]
    private static int ReleaseEvent(nint handle)
    {
        lock (_held)
        {
            if (_held.TryGetValue(handle, out var kind) && kind.EndsWith('+'))
            {
                _held[handle] = kind[..^1];
            }
            else
            {
                _held.Remove(handle);
            }
        }

        return _real.clReleaseEvent(handle);
    }
}
