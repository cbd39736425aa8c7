/* The sheet of lines_test.go by libxlsxwriter in constant memory: libxlsxwriter ROWS FILE. Prints what the process held when it began and
   at most, in kB. Strings come from tables, as in the Go program. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#define VEHICLES 5000
#define STATIONS 608
#define COLUMNS 12

static char plates[VEHICLES][32], cards[VEHICLES][16], classes[VEHICLES][24], stations[STATIONS][48];
static const char *scenes[] = {"高速通行", "停车场", "加油站", "服务区"}, *states[] = {"已出账", "未出账"};
static const char *titles[COLUMNS] = {"车牌号码", "通行时间", "扣款日期", "ETC通行卡卡号", "入口站", "出口站", "账单类型", "通行费(元)", "优惠(元)", "交易金额(元)", "车型", "状态"};
static const int widths[COLUMNS] = {18, 19, 10, 14, 12, 12, 10, 12, 12, 12, 8, 8};

static uint64_t mix(uint64_t n) {
  n = (n + 1) * 0x9E3779B97F4A7C15u;
  n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9u;
  n = (n ^ n >> 27) * 0x94D049BB133111EBu;
  return n ^ n >> 31;
}

/* Every Chinese character here takes three bytes. */
static void make_names(void) {
  const char *first = "临嘉湖绍金衢舟台丽萧余桐德安吉长兴海宁平诸暨义乌", *second = "安平山桥溪城北南西东港岭塘浦店坞川江口门田阳化清";
  const char *provinces[] = {"浙江", "浙江", "浙江", "浙江", "上海", "江苏", "安徽"}, *colours[] = {"黄色", "黄色", "渐变绿", "蓝色"};
  const char *endings[] = {"站", "城西站", "北站", "主线站", "站", "(连接线)站", "城隍庙站", "站"};
  int firsts = strlen(first) / 3, seconds = strlen(second) / 3;
  for (int i = 0; i < STATIONS; i++)
    snprintf(stations[i], sizeof stations[i], "%s%.3s%.3s%s", provinces[i % 7], first + i % firsts * 3, second + i / firsts % seconds * 3, endings[i % 8]);
  for (int i = 0; i < VEHICLES; i++) {
    snprintf(plates[i], sizeof plates[i], "浙A%05d【%s】", i * 7919 % 100000, colours[i % 4]);
    snprintf(cards[i], sizeof cards[i], "3301****%04d", i * 31 % 10000);
    snprintf(classes[i], sizeof classes[i], "%d型货车", i % 6 + 1);
  }
}

static long status_kb(const char *field) {
  char line[256];
  long kb = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (!strncmp(line, field, strlen(field))) kb = atol(line + strlen(field));
  if (status) fclose(status);
  return kb;
}

static lxw_format *format_of(lxw_workbook *workbook, const char *number) {
  lxw_format *format = workbook_add_format(workbook);
  format_set_font_name(format, "微软雅黑");
  format_set_font_size(format, 10);
  format_set_border(format, LXW_BORDER_THIN);
  format_set_border_color(format, 0xBFBFBF);
  format_set_num_format(format, number);
  return format;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long idle = status_kb("VmRSS:");
  int64_t rows = atoll(argv[1]);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE};
  lxw_workbook *workbook = workbook_new_opt(argv[2], &options);
  lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
  lxw_format *text = format_of(workbook, "@"), *money = format_of(workbook, "#,##0.00");
  lxw_format *moment = format_of(workbook, "yyyy-mm-dd hh:mm:ss"), *day = format_of(workbook, "yyyy-mm-dd"), *header = format_of(workbook, "General");
  format_set_bold(header);
  make_names();
  worksheet_freeze_panes(sheet, 1, 0);
  for (int i = 0; i < COLUMNS; i++) {
    worksheet_set_column(sheet, i, i, widths[i] + 2, NULL);
    worksheet_write_string(sheet, 0, i, titles[i], header);
  }
  for (int64_t i = 0; i < rows; i++) {
    uint64_t a = mix(4 * i), b = mix(4 * i + 1), c = mix(4 * i + 2);
    int vehicle = a % VEHICLES * ((a >> 32) % VEHICLES) / VEHICLES, row = i + 1;
    int64_t toll = 500 + b % 20000, discount = toll / 20, seconds = 1704038400 + i * 31 + 8 * 3600;
    worksheet_write_string(sheet, row, 0, plates[vehicle], text);
    worksheet_write_number(sheet, row, 1, 25569 + seconds / 86400.0, moment);
    worksheet_write_number(sheet, row, 2, 25569 + seconds / 86400 + 7, day);
    worksheet_write_string(sheet, row, 3, cards[vehicle], text);
    worksheet_write_string(sheet, row, 4, stations[c % STATIONS], text);
    worksheet_write_string(sheet, row, 5, stations[(c >> 20) % STATIONS], text);
    worksheet_write_string(sheet, row, 6, scenes[(c >> 40) % 4], text);
    worksheet_write_number(sheet, row, 7, toll / 100.0, money);
    worksheet_write_number(sheet, row, 8, discount / 100.0, money);
    worksheet_write_number(sheet, row, 9, (toll - discount) / 100.0, money);
    worksheet_write_string(sheet, row, 10, classes[vehicle], text);
    worksheet_write_string(sheet, row, 11, states[(c >> 50) % 2], text);
  }
  if (workbook_close(workbook) != LXW_NO_ERROR) return 1;
  printf("%ld %ld\n", idle, status_kb("VmHWM:"));
  return 0;
}
