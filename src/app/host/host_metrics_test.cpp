#include "app/host/host_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Timestamp kFirst = timestamp_from_ns(1'700'000'000'000'000'000);
constexpr Timestamp kSecond = kFirst + std::chrono::seconds(2);

ProcTexts texts() {
  return {"cpu  100 0 50 800 50 0 0 0 0 0\ncpu1 100 0 50 800 50 0 0 0 0 0\nintr 5\n",
          "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:   250 kB\nCached: 10 kB\nSwapTotal: 8 kB\nSwapFree: 3 "
          "kB\nHugePages_Total: 0\n",
          "0.50 1.25 2.00 3/467 12345\n",
          " 8 0 sda 10 0 100 5 20 0 200 5 0 100 100\n 7 0 loop0 1 0 1 1 1 0 1 1 0 1 1\n",
          "Inter-| Receive | Transmit\n face |bytes packets\n  eth0: 1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n"};
}

TEST(HostMetrics, GaugesAtOnceRatesFromTheSecondReading) {
  HostMetrics metrics("my host");
  const std::string first = metrics.lines(texts(), kFirst);
  EXPECT_EQ(first,
            "host_memory,host=my\\ host total_bytes=1024000i,available_bytes=256000i,cached_bytes=10240i,"
            "swap_used_bytes=5120i,used_percent=75.000 1700000000000000000\n"
            "host_load,host=my\\ host load_1m=0.5,load_5m=1.25,load_15m=2,running=3i 1700000000000000000\n");
  ProcTexts later = texts();
  later.stat = "cpu  150 0 70 820 60 0 0 0 0 0\ncpu1 100 0 50 900 50 0 0 0 0 0\n";
  later.diskstats = " 8 0 sda 14 0 104 5 20 0 220 5 0 1100 100\n";
  later.net_dev = "  eth0: 1500 12 1 2 0 0 0 0 2000 20 3 6 0 0 0 0\n";
  const std::string second = metrics.lines(later, kSecond);
  EXPECT_THAT(second,
              HasSubstr("host_cpu,host=my\\ host,core=all busy_percent=70.000,user_percent=50.000,"
                        "system_percent=20.000,iowait_percent=10.000,steal_percent=0.000 1700000002000000000\n"));
  EXPECT_THAT(second, HasSubstr("core=1 busy_percent=0.000"));
  EXPECT_THAT(second, HasSubstr("device=sda reads_per_s=2.000,read_bytes_per_s=1024,writes_per_s=0.000,"
                                "written_bytes_per_s=5120,busy_percent=50.000 "));
  EXPECT_THAT(second, HasSubstr("interface=eth0 received_bytes_per_s=250,received_packets_per_s=1.000,"
                                "sent_bytes_per_s=0,sent_packets_per_s=0.000,errors_per_s=0.000,drops_per_s=1.000 "));
  EXPECT_THAT(second, Not(HasSubstr("loop0")));
}

TEST(HostMetrics, CountersThatRunBackwardsGiveNoRate) {
  HostMetrics metrics("h");
  (void)metrics.lines(texts(), kFirst);
  ProcTexts reset = texts();
  reset.net_dev = "eth0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";
  EXPECT_THAT(metrics.lines(reset, kSecond), Not(HasSubstr("host_network")));
}

TEST(HostMetrics, TextsItDoesNotKnowAreLeftOut) {
  HostMetrics metrics("h");
  EXPECT_EQ(metrics.lines({"cpu x\ncpu0 1 2\n", "MemTotal: lots kB\n", "a b c d", "1 2\n", ":\n::\n"}, kFirst), "");
  EXPECT_EQ(metrics.lines({}, kSecond), "");
}

TEST(HostMetrics, ThisMachineHasMemoryAndLoad) {
  const std::string lines = HostMetrics(host_name()).lines(read_proc(), kFirst);
  EXPECT_THAT(lines, HasSubstr("host_memory,host="));
  EXPECT_THAT(lines, HasSubstr("host_load,host="));
}

}  // namespace
}  // namespace streamflow::app
