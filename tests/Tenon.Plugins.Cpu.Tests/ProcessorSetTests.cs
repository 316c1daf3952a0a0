namespace Tenon.Plugins.Cpu.Tests;

public class ProcessorSetTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
    private const string Version1 = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";

    [Test]
    public void WithoutFilesTheCountOfDotNetHolds()
    {
        var set = Read(6);
        Assert.That((set.Logical, set.Physical), Is.EqualTo((6, 6)));
        Assert.That(set.Ordered, Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void OneProcessorOfEachCoreComesFirst()
    {
        var set = Read(4, ("/proc/self/status", "Name:\tx\nCpus_allowed:\t3f0\nCpus_allowed_list:\t4-6,12\n"), Siblings(4, "4,12"), Siblings(12, "4,12"), Siblings(5, "5,13"), Siblings(6, "6,14"));
        Assert.That(set.Ordered, Is.EqualTo(new[] { 4, 5, 6, 12 }));
        Assert.That((set.Logical, set.Physical), Is.EqualTo((4, 3)));
    }

    [Test]
    public void ASiblingOutsideTheAffinityDoesNotCount()
    {
        var set = Read(2, ("/proc/self/status", "Cpus_allowed_list:\t8-9\n"), Siblings(8, "0,8"), Siblings(9, "1,9"));
        Assert.That((set.Logical, set.Physical), Is.EqualTo((2, 2)));
    }

    // .NET looks at the own group only.
    [TestCase("max 100000", "250000 100000", 3)]
    [TestCase("100000 100000", "250000 100000", 1)]
    [TestCase("max 100000", "50000 100000", 1)]
    [TestCase("max 100000", "max 100000", 8)]
    public void AnyGroupAroundTheProcessLimitsIt(string own, string parent, int expected)
    {
        var set = Read(8, ("/proc/self/mountinfo", Unified), ("/proc/self/cgroup", "0::/pods/one\n"), ("/sys/fs/cgroup/pods/one/cpu.max", own), ("/sys/fs/cgroup/pods/cpu.max", parent));
        Assert.That((set.Logical, set.Physical), Is.EqualTo((expected, expected)));
    }

    [TestCase("/", "/pods/one", "/sys/fs/cgroup/cpu,cpuacct/pods/one")]
    [TestCase("/", "/pods/one", "/sys/fs/cgroup/cpu,cpuacct/pods")]
    [TestCase("/pods/one", "/pods/one", "/sys/fs/cgroup/cpu,cpuacct")]
    [TestCase("/pods", "/pods/one", "/sys/fs/cgroup/cpu,cpuacct/one")]
    [TestCase("/elsewhere", "/pods/one", "/sys/fs/cgroup/cpu,cpuacct")]
    public void GroupsOfVersion1AreFoundWhereTheyAreMounted(string root, string group, string folder)
    {
        var mounts = Version1.Replace("0:29 /", $"0:29 {root}", StringComparison.Ordinal);
        var set = Read(8, ("/proc/self/mountinfo", mounts), ("/proc/self/cgroup", $"4:memory:/other\n2:cpu,cpuacct:{group}\n0::/\n"), ($"{folder}/cpu.cfs_quota_us", "150000\n"), ($"{folder}/cpu.cfs_period_us", "100000\n"));
        Assert.That(set.Logical, Is.EqualTo(2));
    }

    [Test]
    public void NoQuotaIsNoLimit()
    {
        var set = Read(8, ("/proc/self/mountinfo", Version1), ("/proc/self/cgroup", "2:cpu,cpuacct:/\n"), ("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"), ("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"));
        Assert.That(set.Logical, Is.EqualTo(8));
    }

    [Test]
    public void ThisMachineHasProcessors()
    {
        var set = ProcessorSet.OfProcess;
        Assert.That(set.Logical, Is.InRange(1, Environment.ProcessorCount));
        Assert.That(set.Physical, Is.InRange(1, set.Logical));
        Assert.That(set.Ordered, Is.Unique.And.Count.GreaterThanOrEqualTo(set.Logical));
    }

    private static (string, string) Siblings(int processor, string list) => ($"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list", list + "\n");

    private static ProcessorSet Read(int processors, params (string Path, string Content)[] files) =>
        new(path => files.Where(f => f.Path == path).Select(f => f.Content).FirstOrDefault(), processors);
}
