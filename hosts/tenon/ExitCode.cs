namespace Tenon.Cli;

/// <summary>What the program tells the shell; documented in <c>docs/cli.md</c>.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Success = 0;

    /// <summary>Tenon reports an error, with a code and a remedy.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was started.</summary>
    public const int WrongUsage = 2;

    /// <summary>An error that should not be possible: a defect of the program.</summary>
    public const int Defect = 70;

    /// <summary>Stopped by Ctrl-C, cleanly: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
